"""What shoppers type, and what is understood: `query => text | what the words became, in their order`.

= filters, ~ prefers (or, with "not", avoids), ? is noted without effect. The catalogue is that of `shop.py`, prices
are in euros.
Every line was written or read by hand; a change that alters one has to say why.
"""

from __future__ import annotations

import pytest

from backend.search.understanding import NEGATIONS, CountedLexicon, Entry, understand
from tests.backend.understanding.shop import LEXICON, SALE_LEXICON, told

PRICES = r"""
under 50 =>  | price=..50
under 50 euros =>  | price=..50
shoes under 50 => shoes | category~Shoes | price=..50
shoes under 50 € => shoes | category~Shoes | price=..50
shoes under €50 => shoes | category~Shoes | price=..50
shoes below 50 eur => shoes | category~Shoes | price=..50
boots less than 30 euros => boots | category~Boots | price=..30
dress up to 20 => dress | category~Dresses | price=..20
dress max 100 eur => dress | category~Dresses | price=..100
dress max. 100 € => dress | category~Dresses | price=..100
boots cheaper than 99.99 => boots | category~Boots | price=..99.99
boots cheaper than 99,99 € => boots | category~Boots | price=..99.99
laptop under 1,299.00 € => laptop | category~Laptops | price=..1299
laptop under 1.299,00 € => laptop | category~Laptops | price=..1299
laptop under 1.299 € => laptop | category~Laptops | price=..1299
laptop under 1 299 € => laptop | category~Laptops | price=..1299
laptop under 1'299.50 eur => laptop | category~Laptops | price=..1299.5
between 20 and 40 euro =>  | price=20..40
dress between 20 and 40 euro => dress | category~Dresses | price=20..40
dress between 20 and 40 => dress | category~Dresses | price=20..40
dress 20-40 € => dress | category~Dresses | price=20..40
dress €20-€40 => dress | category~Dresses | price=20..40
dress 20 to 40 euros => dress | category~Dresses | price=20..40
dress from 20 to 40 => dress | category~Dresses | price=20..40
dress from €20 to €40 => dress | category~Dresses | price=20..40
dress over 100 => dress | category~Dresses | price=100..
dress over 100 euro => dress | category~Dresses | price=100..
dress above €100 => dress | category~Dresses | price=100..
dress for under 50 => dress | category~Dresses | price=..50
dress priced under 50 => dress | category~Dresses | price=..50
dress, under 50, in stock => dress | category~Dresses | price=..50 | in_stock=True
price below 50 dress => dress | price=..50 | category~Dresses
dress maximum price: 300 => dress | category~Dresses | price=..300
dress max price 300 => dress | category~Dresses | price=..300
dress budget of 80 => dress | category~Dresses | price=..80
dress 50 euro or less => dress | category~Dresses | price=..50
dress €50 max => dress | category~Dresses | price=..50
dress 50€ and up => dress | category~Dresses | price=50..
dress from 50 euro => dress | category~Dresses | price=50..
dress at least 50 euro => dress | category~Dresses | price=50..
dress not more than 50 => dress | category~Dresses | price=..50
dress no more than 50 euro => dress | category~Dresses | price=..50
dress that does not cost more than 50 => dress | category~Dresses | price=..50
dress under 50 please => dress please | category~Dresses | price=..50
dress under 50 for summer => dress for summer | category~Dresses | price=..50
shoes ≤50€ => shoes | category~Shoes | price=..50
shoes ≥ 50 => shoes | category~Shoes | price=50..
more than 20 less than 40 dress => dress | price=20.. | price=..40 | category~Dresses
dress more than 20 less than 40 => dress | category~Dresses | price=20.. | price=..40
dress <50 => dress | category~Dresses | price=..50
dress < 50 € => dress | category~Dresses | price=..50
dress over 20 and under 50 => dress | category~Dresses | price=20.. | price=..50
dress under 20 over 50 => dress under 20 over 50 | category~Dresses | price?..20 | price?50..
dress under 50 under 30 => dress | category~Dresses | price=..50 | price=..30
under 50 dress => dress | price=..50 | category~Dresses
dress under 0 => dress under 0 | category~Dresses
dress under 50. => dress | category~Dresses | price=..50
dress under 50? => dress? | category~Dresses | price=..50
"""

RATINGS_STOCK = r"""
boots at least 4 stars => boots | category~Boots | min_rating=4.0
boots 4+ stars => boots | category~Boots | min_rating=4.0
boots 4.5+ stars => boots | category~Boots | min_rating=4.5
boots rated above 4 => boots | category~Boots | min_rating=4.0
rated above 4 =>  | min_rating=4.0
rated above 4 boots => boots | min_rating=4.0 | category~Boots
boots rated 4.5 or higher => boots | category~Boots | min_rating=4.5
boots rated 4.3 stars and above => boots | category~Boots | min_rating=4.3
boots with at least 4 stars => boots | category~Boots | min_rating=4.0
boots with a rating of 4.2 stars or higher => boots | category~Boots | min_rating=4.2
boots minimum rating 4 => boots | category~Boots | min_rating=4.0
boots over 4 star rating => boots | category~Boots | min_rating=4.0
boots with ratings between 4.0 and 4.2 stars => boots | category~Boots | min_rating=4.0
boots 4 stars => boots 4 stars
5 star notebook => 5 star notebook
boots rated 7 or higher => boots rated 7 or higher | category~Boots
4 season rated tent => 4 season rated tent
boots 3.6 plus rating => boots | category~Boots | min_rating=3.6
boots 4+ stars 300+ reviews => boots 300+ reviews | category~Boots | min_rating=4.0
boots under 50 4+ stars => boots | category~Boots | price=..50 | min_rating=4.0
boots in stock => boots | category~Boots | in_stock=True
in stock boots => boots | in_stock=True | category~Boots
boots in stock only => boots | category~Boots | in_stock=True
boots available now => boots | category~Boots | in_stock=True
boots that are in stock => boots | category~Boots | in_stock=True
in-stock boots => boots | in_stock=True | category~Boots
boots not in stock => boots not in stock | category~Boots
stock pot => stock pot
boots on sale => boots on sale | category~Boots
"""

NAMES = r"""
adidas =>  | brand=adidas
adidas shoes => shoes | brand=adidas | category~Shoes
Adidas shoes => shoes | brand=adidas | category~Shoes
red adidas shoes => shoes | colour=red | brand=adidas | category~Shoes
adidas shoes red => shoes | brand=adidas | category~Shoes | colour=red
shoes by adidas => shoes | category~Shoes | brand=adidas
shoes from adidas under 80 => shoes | category~Shoes | brand=adidas | price=..80
nike or adidas shoes => shoes | brand=Nike | brand=adidas | category~Shoes
adidas nike =>  | brand=adidas | brand=Nike
under armour shoes => shoes | brand=Under Armour | category~Shoes
under armour =>  | brand=Under Armour
under armour under 50 =>  | brand=Under Armour | price=..50
the north face jacket => jacket | brand=The North Face | category~Jackets
north face jacket => north face jacket | category~Jackets
levis dress => dress | brand=Levi's | category~Dresses
levi's dress => dress | brand=Levi's | category~Dresses
not your mother's shampoo => shampoo | brand=Not Your Mother's | category~Shampoo
7 up =>  | brand=7 Up
7 up under 5 euro =>  | brand=7 Up | price=..5
apple => apple
apple laptop => apple laptop | category~Laptops
apple juice => apple juice | category~Juices
case for apple iphone => case for apple iphone
case for samsung => case for samsung
samsung phone => samsung phone | brand~Samsung | category~Phones
dove soap => dove soap | brand~Dove | category~Soap
dove grey cushion => dove cushion | colour=grey | category~Cushions
red dress => dress | colour=red | category~Dresses
dress in red => dress | category~Dresses | colour=red
dress in the colour red => dress | category~Dresses | colour=red
red => red | colour~red
red under 50 => red | colour~red | price=..50
blue dress => dress | colour=blue/light blue | category~Dresses
light blue dress => dress | colour=light blue | category~Dresses
dark blue dress => dark blue dress | colour~blue/light blue | category~Dresses
red or blue dress => dress | colour=red | colour=blue/light blue | category~Dresses
black and white dress => black and white dress | colour~black | colour~white | category~Dresses
red/blue dress => red/blue dress | colour~red | colour~blue/light blue | category~Dresses
red dress with black belt => dress with black belt | colour=red | category~Dresses
white dress black boots => white dress black boots | colour~white | category~Dresses | colour~black | category~Boots
orange juice => orange juice | category~Juices
orange dress => orange dress | colour~orange | category~Dresses
green tea => green tea | category~Tea
red knife => red knife | colour~red
gray dress => dress | colour=grey | category~Dresses
red-hot dress => red-hot dress | category~Dresses
dress for red hair => dress for red hair | category~Dresses
dress red wine => dress red wine | category~Dresses | colour~red
maison corbel dress => dress | merchant=Maison Corbel | category~Dresses
dress from maison corbel => dress | category~Dresses | merchant=Maison Corbel
boots => boots | category~Boots
running shoes => running shoes | category~Running shoes
phone cases => phone cases | category~Phone cases
phone case holder => phone case holder
shoe => shoe | category~Shoes
"""

EXCLUSIONS = r"""
boots not leather => boots | category~Boots | not words~leather
not leather boots => boots | not words~leather | category~Boots
boots without zip => boots | category~Boots | not words~zip
boots without a zip => boots | category~Boots | not words~zip
jacket without zip or hood => jacket | category~Jackets | not words~zip | not words~hood
jacket without long sleeves => jacket | category~Jackets | not words~long sleeves
no sugar => no sugar | not words?sugar
juice no sugar => juice | category~Juices | not words~sugar
juice without sugar => juice | category~Juices | not words~sugar
tea with no sugar => tea | category~Tea | not words~sugar
dress except black => dress | category~Dresses | not colour=black
dress but not black => dress | category~Dresses | not colour=black
anything but black dress => dress | not colour=black | category~Dresses
dress not black or white => dress | category~Dresses | not colour=black | not colour=white
dress not in black => dress | category~Dresses | not colour=black
dress that is not red => dress | category~Dresses | not colour=red
not black =>  | not colour=black
without zip => without zip | not words?zip
shoes -nike => shoes | category~Shoes | not brand=Nike
shoes -nike -adidas => shoes | category~Shoes | not brand=Nike | not brand=adidas
shoes not nike => shoes | category~Shoes | not brand=Nike
shoes other than nike => shoes | category~Shoes | not brand=Nike
dress -red => dress | category~Dresses | not colour=red
boots -K12 => boots -K12 | category~Boots
boots -x => boots -x | category~Boots
tube 4 -inch => tube 4 -inch
dress - red => dress | category~Dresses | colour=red
dress -zip => dress | category~Dresses | not words~zip
no show socks => no show socks | category~Socks
no-show socks => no-show socks | category~Socks
no bake cheesecake => no bake cheesecake
jacket that does not leak => jacket that does not leak | category~Jackets
jacket not too warm => jacket not too warm | category~Jackets
not only black => not only black
waterproof or not jacket => waterproof or not jacket | category~Jackets
no 5 perfume => no 5 perfume | category~Perfume
perfume no 5 => perfume no 5 | category~Perfume
sugar free juice => sugar free juice | category~Juices
non slip shoes => non slip shoes | category~Shoes
leather-free boots => boots | not words~leather | category~Boots
non-leather boots => boots | not words~leather | category~Boots
sugar-free juice => juice | not words~sugar | category~Juices
gluten-free juice => gluten-free juice | category~Juices
nike-free shoes => shoes | not brand=Nike | category~Shoes
non-slip shoes => non-slip shoes | category~Shoes
dress neither black nor blue => dress | category~Dresses | not colour=black | not colour=blue/light blue
dress in neither red nor in blue => dress | category~Dresses | not colour=red | not colour=blue/light blue
neither nike nor adidas shoes => shoes | not brand=Nike | not brand=adidas | category~Shoes
dress not black, white or red => dress | category~Dresses | not colour=black | not colour=white | not colour=red
dress not black, white, or red => dress | category~Dresses | not colour=black | not colour=white | not colour=red
dress not black, white and red => dress | category~Dresses | not colour=black | not colour=white | not colour=red
not black, white nor red dress => dress | not colour=black | not colour=white | not colour=red | category~Dresses
dress not black, white => dress | category~Dresses | not colour=black | not colour=white
dress not black and white => dress | category~Dresses | not colour=black | not colour=white
dress not black, white shoes => dress, shoes | category~Dresses | not colour=black | colour=white | category~Shoes
shoes not nike, red or blue => shoes | category~Shoes | not brand=Nike | colour=red | colour=blue/light blue
jacket without zip, hood or pockets => jacket | category~Jackets | not words~zip | not words~hood | not words~pockets
jacket without hood, red or blue => jacket | category~Jackets | not words~hood | colour=red | colour=blue/light blue
dress that isn't black => dress | category~Dresses | not colour=black
i do not want a red dress => i do not want a red dress | category~Dresses
i don't want red adidas shoes => i don't want red adidas shoes | category~Shoes
i don't like wool, red dress => i don't like wool, dress | colour=red | category~Dresses
not on sale nike shoes => not on sale shoes | brand=Nike | category~Shoes
"""

NUMBERS = r"""
iphone 11 => iphone 11
iphone 11 under 500 => iphone 11 | price=..500
iphone 11 under 500 euro => iphone 11 | price=..500
windows 10 => windows 10
windows 10 laptop under 400 => windows 10 laptop | category~Laptops | price=..400
55 inch tv under 500 => 55 inch tv | price=..500
55" tv under 500 => 55" tv | price=..500
tv under 55 inch => tv under 55 inch
tv under 55" => tv under 55"
laptop under 2kg => laptop under 2kg | category~Laptops
laptop under 2 kg => laptop under 2 kg | category~Laptops
rtx 2060 => rtx 2060
rtx 2060 under 300 => rtx 2060 | price=..300
size 42 => size 42
shoes size 42 => shoes size 42
shoes size 42 under 60 => shoes size 42 | price=..60
shoes from 40 to 42 => shoes from 40 to 42 | category~Shoes
shoes sizes from 38 to 42 => shoes sizes from 38 to 42
512 gb => 512 gb
512 gb laptop over 500 euro => 512 gb laptop | category~Laptops | price=500..
ssd over 512 gb => ssd over 512 gb
puzzle over 1000 pieces => puzzle over 1000 pieces
more than 1000 pages => more than 1000 pages
toys for kids under 5 => toys for kids under 5
toys for children under 10 => toys for children under 10
vitamins for women over 50 => vitamins for women over 50
gifts for men under 30 => gifts for men | price=..30
toys from 3 to 6 => toys from 3 to 6
toys between 3 and 6 years => toys between 3 and 6 years
ages 3-6 => ages 3-6
over 9000 poster => over 9000 poster
less than zero => less than zero
up to date => up to date
up to 64gb => up to 64gb
card up to 64 gb => card up to 64 gb
fits up to 15 => fits up to 15
max 90 => max 90
nike air max 90 => air max 90 | brand=Nike
iphone pro max 256 => iphone pro max 256
50% off => 50% off
under 50% cotton => under 50% cotton
boots under $50 => boots under $50 | category~Boots | price?..50
boots under 50 dollars => boots under 50 dollars | category~Boots | price?..50
boots under £50 => boots under £50 | category~Boots | price?..50
boots under 50 pounds => boots under 50 pounds | category~Boots
dumbbell under 50 pounds => dumbbell under 50 pounds
boots $20-$40 => boots $20-$40 | category~Boots | price?20..40
boots 4+ stars under $50 => boots under $50 | category~Boots | min_rating=4.0 | price?..50
boots under 50k => boots under 50k | category~Boots
over ear headphones => over ear headphones | category~Headphones
over ear headphones under 50 => over ear headphones | category~Headphones | price=..50
under desk treadmill => under desk treadmill | category~Treadmills
over the knee boots => over the knee boots | category~Boots
between the lines => between the lines
from here to eternity => from here to eternity
between 2 rivers => between 2 rivers
20-40 => 20-40
50 euro gift card => 50 euro gift card
boots around 50 euro => boots around 50 euro
boots more than 100 reviews => boots more than 100 reviews
boots at least 100 reviews => boots at least 100 reviews | category~Boots
shoes for under 5 foot => shoes for under 5 foot | category~Shoes
"red adidas shoes under 50" => "red adidas shoes under 50"
“under 50” => “under 50”
dress "not black" => dress "not black" | category~Dresses
24" monitor under 200 => 24" monitor | price=..200
wh-1000xm4 => wh-1000xm4
WH-1000XM4 under 300 => WH-1000XM4 | price=..300
b07xyz123 => b07xyz123
under50 => under50
50€ => 50€
-5 => -5
no => no
not => not
under => under
,,, => ,,,
"""

GERMAN = r"""
stiefel unter 50 euro => stiefel | price=..50
stiefel unter 50 => stiefel | price=..50
stiefel bis 50 € => stiefel | price=..50
stiefel bis zu 50 euro => stiefel | price=..50
stiefel maximal 50 euro => stiefel | price=..50
stiefel günstiger als 49,99 € => stiefel | price=..49.99
stiefel zwischen 20 und 40 euro => stiefel | price=20..40
stiefel von 20 bis 40 euro => stiefel | price=20..40
stiefel 20 bis 40 € => stiefel | price=20..40
stiefel über 100 euro => stiefel | price=100..
stiefel ab 100 euro => stiefel | price=100..
stiefel mindestens 4 sterne => stiefel | min_rating=4.0
stiefel auf lager => stiefel | in_stock=True
sofort lieferbar stiefel => stiefel | in_stock=True
stiefel ohne reißverschluss => stiefel | not words~reissverschluss
stiefel ohne Reißverschluss oder Futter => stiefel | not words~reissverschluss | not words~futter
stiefel nicht von nike => stiefel | not brand=Nike
schuhe von adidas => schuhe | brand=adidas
stiefel weder von nike noch von adidas => stiefel | not brand=Nike | not brand=adidas
sugarfrei tee => tee | not words~sugar
sorgenfrei tee => sorgenfrei tee
stiefel kein leder => stiefel | not words~leder
hülle für samsung => hülle für samsung
fernseher bis 55 zoll => fernseher bis 55 zoll
spielzeug ab 3 jahren => spielzeug ab 3 jahren
"""

MIXED = r"""
orange => orange
orange juice under 5 euro => orange juice | category~Juices | price=..5
orange phone => orange phone | colour~orange | category~Phones
dress size 42 under 60 in stock => dress size 42 | price=..60 | in_stock=True
boots by levis under 80 not black => boots | category~Boots | brand=Levi's | price=..80 | not colour=black
jacket between 50 and 100 not red => jacket | category~Jackets | price=50..100 | not colour=red
boots under 5 => boots | category~Boots | price=..5
boots under 5 € => boots | category~Boots | price=..5
shoes up to 43 => shoes | category~Shoes | price=..43
juice under 100 calories => juice under 100 calories | category~Juices
recipe less than 5 ingredients => recipe less than 5 ingredients
snacks under 100 calories => snacks under 100 calories
laptop over 16 gb ram under 900 => laptop over 16 gb ram | category~Laptops | price=..900
boots 100 euro minimum => boots | category~Boots | price=100..
over 18 movies => over 18 movies
dress without sleeves under 40 => dress | category~Dresses | not words~sleeves | price=..40
tea -sugar => tea | category~Tea | not category=Sugar
case compatible with samsung => case compatible with samsung
case like apple => case like apple
adidas-style shoes => adidas-style shoes | category~Shoes
non-black dress => dress | not colour=black | category~Dresses
dress red and blue => dress red and blue | category~Dresses | colour~red | colour~blue/light blue
levi's boots rated 4+ in stock => boots | brand=Levi's | category~Boots | min_rating=4.0 | in_stock=True
boots rated 4 => boots | category~Boots | min_rating=4.0
boots rated: 4.5 => boots | category~Boots | min_rating=4.5
five star boots => five star boots | category~Boots
boots under 49,99 => boots | category~Boots | price=..49.99
boots under 1.5 => boots under 1.5 | category~Boots
dress no more than 49.9 => dress | category~Dresses | price=..49.9
"adidas" shoes => "adidas" shoes | category~Shoes
max price €40 boots => boots | price=..40 | category~Boots
boots price 40-60 => boots | category~Boots | price=40..60
boots price range 40 to 60 euro => boots | category~Boots | price=40..60
boots €40+ => boots | category~Boots | price=40..
stiefel unter 1.299,00 € => stiefel | price=..1299
stiefel preis bis 80 => stiefel | price=..80
stiefel nicht mehr als 60 euro => stiefel | price=..60
stiefel 4 sterne oder mehr => stiefel | min_rating=4.0
kleid ohne => kleid ohne
kleid für 50 euro => kleid für 50 euro
kleid, aber nicht rot => kleid | not words~rot
boots under fifty => boots under fifty | category~Boots
boots under 50 €uro => boots under 50 €uro | category~Boots
boots >= 50 => boots | category~Boots | price=50..
in => in
- => -
stock in => stock in
not in stock => not in stock
levis not your mothers =>  | brand=Levi's | brand=Not Your Mother's
shoes without laces for men => shoes for men | category~Shoes | not words~laces
jacket with no hood => jacket | category~Jackets | not words~hood
tea without milk or sugar in stock => tea | category~Tea | not words~milk | not words~sugar | in_stock=True
iphone 11 pro under 500 => iphone 11 pro | price=..500
iphone 11 pro max under 900 euro => iphone 11 pro max | price=..900
laptop 16 gb ram under 900 => laptop 16 gb ram | price=..900
gb under 50 => gb | price=..50
"""

SALES = r"""
boots on sale => boots | category~Boots | on_sale=True
boots on sale under 50 => boots | category~Boots | on_sale=True | price=..50
on sale =>  | on_sale=True
discounted nike boots => boots | on_sale=True | brand=Nike | category~Boots
reduced boots => boots | on_sale=True | category~Boots
boots, reduced => boots | category~Boots | on_sale=True
boots that are on sale, in stock => boots | category~Boots | on_sale=True | in_stock=True
boots marked down => boots | category~Boots | on_sale=True
boots at a discount => boots | category~Boots | on_sale=True
reduced fat tea => reduced fat tea | category~Tea
sugar-reduced tea => sugar-reduced tea | category~Tea
reduced-sugar tea => reduced-sugar tea | category~Tea
boots not on sale => boots not on sale | category~Boots
garage sale sign => garage sale sign
boots for sale => boots for sale | category~Boots
"reduced" boots => "reduced" boots | category~Boots
stiefel im angebot => stiefel | on_sale=True
reduzierte stiefel unter 50 euro => stiefel | on_sale=True | price=..50
stiefel reduziert => stiefel | on_sale=True
stiefel im Preis reduziert => stiefel | on_sale=True
rabattierte stiefel => stiefel | on_sale=True
zucker reduziert tee => zucker reduziert tee
reduzierter zucker => reduzierter zucker
"""

TABLES = (PRICES, RATINGS_STOCK, NAMES, EXCLUSIONS, NUMBERS, GERMAN, MIXED)
LINES = [line for table in TABLES for line in table.strip().splitlines()]


@pytest.mark.parametrize("line", LINES)
def test_a_query_is_understood(line: str) -> None:
    query, _, expected = line.partition(" =>")
    assert told(understand(query, LEXICON, currency_of_shop="EUR")).strip() == expected.strip()


@pytest.mark.parametrize("line", SALES.strip().splitlines())
def test_a_sale_is_understood_where_the_shop_has_one(line: str) -> None:
    query, _, expected = line.partition(" =>")
    assert told(understand(query, SALE_LEXICON, currency_of_shop="EUR")).strip() == expected.strip()


def test_a_word_that_titles_have_is_no_sale() -> None:
    dairy = CountedLexicon.of([Entry("Reduced fat milk"), Entry("Milk", on_sale=True)], NEGATIONS)
    assert told(understand("milk reduced", dairy, currency_of_shop="EUR")) == "milk reduced"
    assert told(understand("milk on sale", dairy, currency_of_shop="EUR")) == "milk | on_sale=True"


def test_the_table_is_long_and_repeats_nothing() -> None:
    queries = [line.partition(" =>")[0] for line in LINES]
    assert len(queries) == len(set(queries)) >= 250
