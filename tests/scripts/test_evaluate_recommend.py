"""`scripts.evaluate recommend` on a small shop, with the encoder that needs no model."""

from __future__ import annotations

import csv
import gzip
import random
from pathlib import Path

import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from backend.recommend.rules import RecommendRules
from ml.encoder.fake import FakeEncoder
from ml.recommend.signals import SIGNALS
from ml.recommend.weights import load_weights
from scripts import evaluate_recommend
from scripts.evaluate import app

COLOURS = ("red", "blue", "green", "black", "white")
THINGS = ("tent", "stove", "lamp", "rope")
TITLES = [f"{colour} {thing}" for thing in THINGS for colour in COLOURS]


def number_of(title: str) -> str:
    return str(100 + TITLES.index(title))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the command runs: whoever has a tent takes the stove of its colour."""
    with gzip.open(tmp_path / "items.csv.gz", "wt", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item_id", "title", "brand", "description"])
        writer.writerows([number_of(title), title, "Acme", ""] for title in TITLES)
    rng = random.Random(0)
    with (tmp_path / "events.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["split", "user_id", "history_item_ids", "target_item_id"])
        for user in range(120):
            colour, other = rng.choice(COLOURS), rng.choice(COLOURS)
            history = [number_of(f"{other} rope"), number_of(f"{colour} tent")]
            target = number_of(f"{colour} stove")
            writer.writerow(["valid" if user < 80 else "test", f"u{user}", " ".join(history), target])
    with (tmp_path / "sequences.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user_id", "item_ids"])
        for user in range(120):
            colour = rng.choice(COLOURS)
            chosen = [f"{colour} rope", f"{colour} tent", f"{colour} stove", f"{colour} lamp"]
            writer.writerow([f"s{user}", " ".join(number_of(title) for title in rng.sample(chosen, 4))])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(evaluate_recommend, "load_encoder", lambda spec: FakeEncoder())
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["recommend", "--items", "items.csv.gz", *map(str, arguments)])


def test_systems_side_by_side_on_events(shop: Path) -> None:
    done = run("--events", "events.csv", "--json", "--save-weights", "weights.json")
    assert done.exit_code == 0, done.output
    found = orjson.loads(done.stdout)
    assert found["cases"] == found["users"] == 40
    assert "learned on 80 rows of the split valid" in found["protocol"][3]
    assert "lacks: 0 of these choices" in found["protocol"][4]
    for protocol in ("kept", "removed"):
        systems = found["systems"][protocol]
        assert systems["ours"]["ndcg@10"]["mean"] > 0.9
        assert systems["ours"]["ndcg@10"]["mean"] > systems["last item"]["ndcg@10"]["mean"]
        assert {f"without {name}" for name in SIGNALS} | {"content alone", "interactions alone"} <= systems.keys()
        assert {
            f"{name}, served {RecommendRules().collaborative['feed']:g}" for name in ("ours", "shipped weights")
        } <= systems.keys()
    assert found["shares"].keys() == {"ours", "shipped weights"}
    learned = load_weights(shop / "weights.json")
    assert learned.learned_on.choices == 80
    assert learned.vector.tolist() == pytest.approx([found["weights"]["ours"][name] for name in SIGNALS], abs=1e-3)
    again = orjson.loads(run("--events", "events.csv", "--json").stdout)
    assert again == found, "the same files give the same figures"

    given = run("--events", "events.csv", "--weights", "weights.json", "--json")
    assert given.exit_code == 0, given.output
    kept = orjson.loads(given.stdout)["systems"]["kept"]
    assert kept["ours"]["ndcg@10"]["mean"] == pytest.approx(found["systems"]["kept"]["ours"]["ndcg@10"]["mean"])
    assert "without taste" not in kept


def test_training_files_teach_without_telling(shop: Path) -> None:
    """The evaluated file itself as a training file, and sequences that hold answers, change no answer's secrecy."""
    plain = orjson.loads(run("--events", "events.csv", "--json").stdout)
    same = orjson.loads(run("--events", "events.csv", "--train", "events.csv", "--json").stdout)
    assert same["systems"] == plain["systems"]
    assert "left out of --train: 40 test rows" in same["protocol"][2]
    rows = list(csv.DictReader((shop / "events.csv").read_text().splitlines()))
    (shop / "answers.csv").write_text(
        "user_id,item_ids\n"
        + "".join(
            f"{r['user_id']},{r['history_item_ids']} {r['target_item_id']}\n" for r in rows if r["split"] == "test"
        )
    )
    told = orjson.loads(run("--events", "events.csv", "--train", "answers.csv", "--json").stdout)
    assert "40 choices at or after a test row" in told["protocol"][2]
    more = run("--events", "events.csv", "--train", "sequences.csv", "--train", "answers.csv")
    assert more.exit_code == 0, more.output
    assert "ours minus" in more.stdout


def test_sequences_and_published_lists(shop: Path) -> None:
    lists = [{"user_id": f"s{user}", "sasrec": "101 102 103", "pop": "104 105"} for user in range(0, 120, 4)]
    (shop / "lists.jsonl").write_bytes(b"\n".join(map(orjson.dumps, lists)))
    done = run("--sequences", "sequences.csv", "--lists", "lists.jsonl", "--json")
    assert done.exit_code == 0, done.output
    found = orjson.loads(done.stdout)
    assert found["cases"] == 30
    assert {"published: sasrec", "published: pop"} <= found["systems"]["kept"].keys()
    assert found["systems"]["kept"]["ours"]["ndcg@10"]["mean"] > 0.5
    assert "published: sasrec" in found["ours_minus"]["kept"]


def test_with_too_few_choices_the_shipped_weights_are_used(shop: Path) -> None:
    lines = (shop / "events.csv").read_text().splitlines()
    (shop / "few.csv").write_text("\n".join([lines[0], *lines[-60:]]))
    done = run("--events", "few.csv", "--json")
    assert done.exit_code == 0, done.output
    found = orjson.loads(done.stdout)
    assert found["weights"].keys() == {"ours"}
    assert list(found["weights"]["ours"].values()) == pytest.approx(load_weights().vector.tolist())
    assert "fewer than 50 choices" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "either --events or --sequences"),
        (["--events", "events.csv", "--sequences", "sequences.csv"], "either --events or --sequences"),
        (["--events", "sequences.csv"], "no column"),
        (["--sequences", "events.csv"], "no column item_ids"),
        (["--events", "missing.csv"], "missing.csv"),
        (["--events", "unknown.csv"], "the catalogue lacks 1 products of the choices, such as 999"),
        (["--events", "untested.csv"], "no row is of the split test"),
        (["--events", "events.csv", "--train", "items.csv.gz"], "neither user_id"),
        (["--events", "events.csv", "--lists", "lists.jsonl"], "goes with --sequences"),
        (["--sequences", "sequences.csv", "--lists", "events.csv"], "line 1"),
        (["--events", "events.csv", "--weights", "events.csv"], "holds no weights"),
    ],
)
def test_what_cannot_be_evaluated_is_said_in_one_line(shop: Path, arguments: list[str], message: str) -> None:
    header = "split,user_id,history_item_ids,target_item_id\n"
    (shop / "unknown.csv").write_text(f"{header}test,u,101,999\n")
    (shop / "untested.csv").write_text(f"{header}valid,u,101,102\n")
    (shop / "lists.jsonl").write_text('{"user_id": "s1", "pop": "101"}\n')
    done = run(*arguments)
    assert done.exit_code == 1
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.output
