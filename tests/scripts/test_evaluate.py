"""The evaluation commands on a small shop, with the encoder that needs no model."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from backend.config import Settings
from ml.encoder.fake import FakeEncoder
from ml.evaluate.systems import Question, System, measured
from ml.ranking.linear import TEXT_FEATURES, read_weights
from scripts import evaluate_lookup, evaluate_search, evaluate_tune, evaluated_systems
from scripts.console import UsageError
from scripts.evaluate import app
from scripts.evaluate_tune import score
from scripts.evaluated_catalogue import EvaluatedCatalogue, open_catalogue, workspace
from scripts.evaluated_systems import open_systems, parse_systems, served
from scripts.evaluated_tunable import HYBRID, tunable

COLOURS = ["red", "blue", "green", "black"]
THINGS = ["lamp", "kettle", "chair", "hose", "kite"]
QUERIES = [f"{colour} {thing}" for colour in COLOURS for thing in THINGS]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a catalogue and its judgments, in which the commands run."""
    rng = random.Random(0)
    products, judged = [], ["query,product_id,rating"]
    for number, query in enumerate(QUERIES):
        for copy in range(3):
            id_ = f"p{number}-{copy}"
            noise = " ".join(rng.sample([*COLOURS, *THINGS], 3))
            title = f"{query} MX-{number}{copy}T" if copy else f"{query} for your home"
            product = {
                "id": id_,
                "title": title,
                "brand": "Acme",
                "description": noise,
                "sku": f"SKU/{number:03}.{copy}",
            }
            products.append(orjson.dumps(product))
            judged.append(f"{query},{id_},{3 - copy}")
        judged.append(f"{query},p{(number + 1) % len(QUERIES)}-0,0")
    (tmp_path / "products.jsonl").write_bytes(b"\n".join(products))
    (tmp_path / "judgments.csv").write_text("\n".join([*judged, "nothing good,p0-0,0"]))
    monkeypatch.chdir(tmp_path)
    for module in (evaluate_search, evaluate_lookup, evaluate_tune):
        monkeypatch.setattr(module, "load_encoder", lambda spec: FakeEncoder())
    return tmp_path


@pytest.fixture
def opened(shop: Path) -> EvaluatedCatalogue:
    feed = shop / "products.jsonl"
    return open_catalogue(workspace(Settings(_env_file=None), feed), feed, FakeEncoder())


def run(command: str, *arguments: object) -> Result:
    files = ["--catalogue", "products.jsonl"]
    if command != "lookup":
        files += ["--judgments", "judgments.csv"]
    return CliRunner().invoke(app, [command, *files, *map(str, arguments)])


def test_systems_side_by_side_with_typing_errors(shop: Path) -> None:
    done = run("search", "--json", "--typos", 2, "--typos", 1, "--typo-seeds", 2, "--queries-out", "queries.csv")
    assert done.exit_code == 0, done.output
    report = orjson.loads(done.stdout)
    assert list(report["systems"]) == ["ours", "bm25", "dense", "rrf"]
    assert list(report["ours_minus"]) == ["bm25", "dense", "rrf"]
    assert report["ours_minus"]["dense"]["ndcg@10"]["mean"] >= 0
    assert report["regressions"] == []
    assert list(report["typos"]) == ["1", "2"]
    for by_system in report["typos"].values():
        assert list(by_system) == list(report["systems"])
        for loss in by_system.values():
            assert loss["mrr"]["mistyped"] == pytest.approx(loss["mrr"]["clean"] * (1 - loss["mrr"]["loss"]))
    assert report["typos"]["2"]["bm25"]["mrr"]["loss"] > report["typos"]["1"]["bm25"]["mrr"]["loss"] > 0.1
    with (shop / "queries.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 4 * (len(QUERIES) + 1)
    text = run("search", "--typos", 1).stdout
    assert "ours - rrf" in text
    assert "1 typing error" in text


def test_systems_can_be_picked(shop: Path) -> None:
    report = orjson.loads(run("search", "--json", "--systems", "rrf, bm25").stdout)
    assert list(report["systems"]) == ["bm25", "rrf"]
    assert report["ours_minus"] == {}
    for wrong in ("", "bm26", "ours,,x"):
        assert run("search", "--systems", wrong).exit_code == 1


def test_a_release_that_is_worse_than_the_baseline_fails(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("search", "--save-baseline", "baseline.json").exit_code == 0
    kept = (shop / "baseline.json").read_bytes()
    assert run("search", "--baseline", "baseline.json").exit_code == 0

    def reversed_ours(catalogue: EvaluatedCatalogue, depth: int) -> System:
        right = served(catalogue.live, catalogue.encoder, depth)

        def answer(questions: list[Question]) -> list:
            return [type(a)(a.ranking[::-1], a.judged[::-1]) for a in right.answer(questions)]

        return System("ours", answer)

    monkeypatch.setattr(evaluated_systems, "ours", reversed_ours)
    failed = run("search", "--baseline", "baseline.json", "--save-baseline", "baseline.json", "--json")
    assert failed.exit_code == 1
    assert {"ndcg@10", "condensed_ndcg@10", "mrr"} <= {
        fall["metric"] for fall in orjson.loads(failed.stdout)["regressions"]
    }
    assert "ndcg@10 fell from" in failed.stderr
    assert (shop / "baseline.json").read_bytes() == kept


def test_a_baseline_of_other_judgments_is_refused(shop: Path) -> None:
    assert run("search", "--systems", "ours", "--save-baseline", "baseline.json").exit_code == 0
    with (shop / "judgments.csv").open("a") as file:
        file.write("\nkite,p0-0,1\n")
    refused = run("search", "--systems", "ours", "--baseline", "baseline.json")
    assert refused.exit_code == 1
    assert "other judgments" in refused.stderr
    assert run("search", "--systems", "bm25", "--baseline", "baseline.json").exit_code == 1
    assert run("search", "--baseline", "nowhere.json").exit_code == 1


def test_judged_products_that_the_catalogue_lacks_are_named(shop: Path, opened: EvaluatedCatalogue) -> None:
    (shop / "judgments.csv").write_text("query,product_id,rating\nkite,nowhere,3\nlamp,p0-0,1\n")
    for arguments in (["search"], ["tune", "--folds", 2]):
        failed = run(*arguments)
        assert failed.exit_code == 1
        assert "nowhere" in failed.stderr
    with pytest.raises(UsageError, match="nowhere"):
        served(opened.live, opened.encoder, 10).answer([Question("kite", {"nowhere"})])


def test_a_number_of_typing_errors_out_of_range_is_refused(shop: Path) -> None:
    for wrong in (0, 6, "one"):
        assert run("search", "--typos", wrong).exit_code == 2


def test_every_system_ranks_the_whole_catalogue_the_same_way_each_time(opened: EvaluatedCatalogue) -> None:
    questions = [Question("red kite", {"p0-0", "p4-1"}), Question("?", ())]
    for system, again in zip(
        open_systems(opened, parse_systems("ours,bm25,dense,rrf"), 20),
        open_systems(opened, parse_systems("rrf,dense,bm25,ours"), 20),
        strict=True,
    ):
        answers = list(system.answer(questions))
        assert answers == list(again.answer(questions))
        assert len(set(answers[0].ranking)) == len(answers[0].ranking) <= 20
        assert len(answers[0].ranking) == 20 or system.name == "ours"  # which lists no more than what fits
        assert answers[0].judged == ["p4-1", "p0-0"]
    assert open_systems(opened, ["bm25"], 20)[0].answer(questions)[1].ranking == []


def test_lookups_by_sku_and_model_number(shop: Path) -> None:
    done = run("lookup", "--json", "--sample", 15, "--systems", "ours,bm25")
    assert done.exit_code == 0, done.output
    found = orjson.loads(done.stdout)
    assert list(found) == ["ours", "bm25"]
    assert found["bm25"]["sku"]["as is"]["lookups"] == 15
    assert found["bm25"]["sku"]["all"]["first"] == 0  # BM25 reads no SKU
    assert found["ours"]["sku"]["all"]["first"] == 1
    assert found["bm25"]["model number"]["as is"]["first"] == 1
    assert found["bm25"]["model number"]["no separators"]["first"] == 0
    assert "not at rank 1: " in run("lookup", "--sample", 15, "--systems", "bm25").stdout
    text = run("lookup", "--sample", 15).stdout
    assert text == run("lookup", "--sample", 15).stdout
    mapped = run(
        "lookup", "--json", "--sample", 15, "--systems", "bm25", "--map", "sku=title", "--map", "title=title"
    )
    assert orjson.loads(mapped.stdout)["bm25"]["sku"]["as is"]["first"] > 0.5


def test_a_catalogue_without_numbers_has_nothing_to_look_up(shop: Path) -> None:
    (shop / "products.jsonl").write_text('{"id": "a", "title": "red kite"}')
    failed = run("lookup")
    assert failed.exit_code == 1
    assert "no product of the catalogue has an SKU" in failed.stderr


def test_tuning_stores_what_it_chose_and_what_that_is_worth(shop: Path, opened: EvaluatedCatalogue) -> None:
    done = run("tune", "--out", "tuned.json", "--name", "small shop", "--folds", 4, "--trials", 12)
    assert done.exit_code == 0, done.output
    stored = orjson.loads((shop / "tuned.json").read_bytes())
    assert stored["tuned_on"]["data"] == "small shop"
    assert stored["tuned_on"]["queries"] == len(QUERIES)
    assert sorted(query for fold in stored["folds"] for query in fold["queries"]) == sorted(QUERIES)
    ranker = tunable(opened, HYBRID)
    assert stored["parameters"].keys() == ranker.space.keys()
    assert all(stored["parameters"][name] in values for name, values in ranker.space.items())
    judgments = evaluate_tune.with_anything_good(evaluate_tune.read_judgments(shop / "judgments.csv"))
    again = score(ranker, judgments, stored["parameters"])
    assert {metric: values.mean() for metric, values in again.items()} == pytest.approx(stored["on_all_queries"])
    for line in ("fold 4", "cross-validated", "chosen on all 20 queries"):
        assert line in done.stdout
    printed = run("tune", "--json", "--name", "small shop", "--folds", 4, "--trials", 12)
    assert orjson.loads(printed.stdout) == stored


def test_weights_of_the_second_stage_are_tuned_and_rank_as_the_server_does(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run("tune", "--ranker", "rerank", "--out", "weights.json", "--folds", 4, "--trials", 12)
    assert done.exit_code == 0, done.output
    weights = read_weights(shop / "weights.json")
    assert set(weights) == set(TEXT_FEATURES)
    stored = orjson.loads((shop / "weights.json").read_bytes())
    plain = orjson.loads(run("search", "--systems", "ours", "--json").stdout)
    edited = {**stored, "parameters": {"description": -10.0}}  # whatever was chosen, this makes another order
    for name, content in (("weights.json", stored), ("edited.json", edited)):
        (shop / name).write_bytes(orjson.dumps(content))
        monkeypatch.setenv("RERANK_WEIGHTS_PATH", name)
        found = orjson.loads(run("search", "--systems", "ours", "--json").stdout)["systems"]["ours"]["aggregates"]
        if name == "weights.json":
            for metric, mean in stored["on_all_queries"].items():
                assert found[metric]["mean"] == pytest.approx(mean)
        else:
            assert found != plain["systems"]["ours"]["aggregates"]
    monkeypatch.setenv("RERANK_WEIGHTS_PATH", "none.json")
    failed = run("search", "--systems", "ours")
    assert failed.exit_code == 1
    assert "none.json: No such file" in failed.stderr


def test_what_cannot_be_tuned_is_refused(shop: Path) -> None:
    for wrong in (["--folds", 21], ["--full-weight", 0, "--condensed-weight", 0]):
        failed = run("tune", *wrong)
        assert failed.exit_code == 1
        assert "error: " in failed.stderr


def test_the_default_parameters_rank_as_the_server_does(opened: EvaluatedCatalogue, shop: Path) -> None:
    judgments = evaluate_tune.read_judgments(shop / "judgments.csv")
    served_ranking = measured(open_systems(opened, ["ours"], 10)[0], judgments)
    fusion = opened.live.fusion
    params = {"similarity": fusion.similarity, "saturation": fusion.saturation}
    tuned = measured(tunable(opened, HYBRID).system_of(params), judgments)
    for metric in ("ndcg@10", "condensed_ndcg@10"):
        assert tuned.values(metric) == pytest.approx(served_ranking.values(metric), nan_ok=True)
