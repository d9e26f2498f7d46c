"""German."""

from __future__ import annotations

from backend.search.understanding.grammar import Grammar, Phrases, comparisons, phrases, single

GERMAN = Grammar(
    comparisons=comparisons(
        {
            ("most", "plain"): "unter, bis zu, weniger als, billiger als, günstiger als, höchstens, nicht mehr als, "
            ""
            "nicht über, unterhalb von",
            ("most", "strong"): "preis bis, preis unter, preis maximal, höchstpreis, maximalpreis, budget bis, "
            "budget von, preis höchstens, preis bis zu",
            ("most", "weak"): "bis, maximal, bis maximal",
            (
                "least",
                "plain",
            ): "über, mehr als, teurer als, nicht unter, nicht weniger als, oberhalb von, besser als",
            ("least", "strong"): "preis ab, preis über, mindestpreis, preis von, preis mindestens",
            ("least", "weak"): "ab, von, mindestens, mind",
        }
    ),
    afterwards=Phrases(
        {
            "oder weniger": "most",
            "und weniger": "most",
            "oder billiger": "most",
            "oder günstiger": "most",
            "und darunter": "most",
            "oder darunter": "most",
            "höchstens": "most",
            "maximal": "most",
            "oder mehr": "least",
            "und mehr": "least",
            "oder besser": "least",
            "und besser": "least",
            "und höher": "least",
            "oder höher": "least",
            "und darüber": "least",
            "aufwärts": "least",
            "mindestens": "least",
        }
    ),
    between=Phrases({"zwischen": frozenset({"und", "bis"}), "von": frozenset({"bis"}), "ab": frozenset({"bis"})}),
    range_words=frozenset({"bis"}),
    price_words=phrases("preis, kostet, kosten, preislich, zum preis, preisklasse, im preis"),
    currencies={"dollar": ("USD", "AUD", "CAD"), "pfund": ("GBP",), "franken": ("CHF",), "fr": ("CHF",)},
    weights_too=single("pfund"),
    units=single(
        "zoll meter zentimeter millimeter gramm kilo pfund unzen jahre jahren jahr monate "
        "monaten wochen tage stunden "
        "minuten sekunden teile teilen teilig stück stueck personen prozent grad liter volt "
        "ampere seiten blatt "
        "bewertungen rezensionen sterne sternen stern zutaten kalorien"
    ),
    measured=single(
        "alter größe groesse grösse länge breite höhe gewicht bundweite schuhgröße leistung "
        "passend modell jahr "
        "baujahr temperatur"
    ),
    adults=single("frauen damen männer herren erwachsene senioren personen leute haut"),
    children=single("kinder kind kleinkinder babys mädchen jungen jugendliche spielzeug spiele"),
    connectors=single(
        "mit und für aus in im die der das von oder ohne aber nicht auf kein keine nur bitte bei unter über"
    ),
    leads=single("mit und für die der das ist sind hat haben einer einem eine zum"),
    stars=single("stern sterne sternen"),
    rating_before=phrases(
        "bewertung, bewertet mit, bewertung von, mit einer bewertung von, bewertet, mindestbewertung"
    ),
    rating_after=phrases("bewertung, bewertet, bewertungen, kundenbewertung, durchschnitt"),
    plus=single("plus"),
    in_stock=phrases(
        "auf lager, nur auf lager, lagernd, sofort lieferbar, sofort verfügbar, verfügbar, "
        "lieferbar, vorrätig, "
        "nur verfügbare, jetzt verfügbar"
    ),
    on_sale=phrases(
        "im angebot, nur im angebot, gerade im angebot, im sale, im ausverkauf, im preis reduziert, zum reduzierten "
        "preis, stark reduziert, reduziert, reduzierte, reduzierter, reduziertes, reduzierten, herabgesetzt, "
        "herabgesetzte, herabgesetzter, herabgesetztes, herabgesetzten, rabattiert, rabattierte, mit rabatt",
        unlike="fett reduziert, zucker reduziert, salz reduziert, kalorien reduziert, im zucker reduziert, "
        "reduzierter fettgehalt, reduzierter zuckergehalt, reduzierter salzgehalt, reduziertes fett, "
        "reduzierter zucker, reduziertes salz, reduzierten fettgehalt, reduzierte kalorien",
    ),
    negations=phrases(
        "nicht, kein, keine, keinen, keinem, keiner, ohne, außer, ausser, aber nicht, aber ohne, aber kein, "
        "aber keine, aber keinen, nicht aus, nicht in, nicht von, und ohne, und nicht, und "
        "kein, und keine, bloß nicht, weder, in weder"
    ),
    not_negating=single("ist sind kann können darf war wird warum ob oder wenn"),
    not_negated=single("nur so sehr zu mehr immer alle ganz mein meine dein ihr einmal genug unbedingt die der das"),
    refusals=frozenset(),
    denying_before=frozenset(),
    denying_behind=single("frei"),
    denying_endings=single("frei"),
    fillers=phrases("ein, eine, einen, der marke, von, aus, in, mit, die farbe, farbe"),
    alternatives=single("oder noch"),
    pairs=single("und"),
    about=phrases("für, für das, für die, für den, passend für, passend zu, kompatibel mit, wie, ähnlich wie, statt"),
    makers=phrases("von, von der marke, der marke, marke, verkauft von"),
    colour_before=phrases("in, in der farbe, farbe, in farbe"),
    parts=single("mit"),
    colours=single(
        "schwarz weiß grau rot blau grün gelb rosa lila violett braun beige marineblau türkis "
        "bordeaux khaki dunkelblau "
        "hellblau dunkelgrün hellgrün dunkelgrau hellgrau bunt mehrfarbig"
    ),
    shades=single("dunkel hell dunkles helles blass knall neon"),
    aliases={},
)
