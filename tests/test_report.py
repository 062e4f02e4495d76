"""The numbers, tables and pictures of the benchmark, on tables whose answers are known."""

import io

import numpy as np
import pyarrow as pa
import pytest
from matplotlib.image import imread

from tokpidjin.errors import ParameterError, ResultsError
from tokpidjin.report.break_even import BreakEven, break_even, equal_bins, median_overheads
from tokpidjin.report.overhead import SCHEMA
from tokpidjin.report.parameters import Parameters
from tokpidjin.report.plots import plot_overhead, plot_rates, plot_times
from tokpidjin.report.readme import parameter_table, with_block
from tokpidjin.report.tables import Table, compare_table, run_table

PNG = b"\x89PNG\r\n\x1a\n"


def overheads(wall_us, batch_sizes=(8,), solvers=24, overhead_us=10.0):
    """Solvers of complexity 1, 2, 3, ...; `wall_us` maps complexity to the wall time of an item."""
    rows = [
        {
            "solver": f"s{complexity:03}",
            "batch_size": size,
            "primitives": float(complexity),
            "wall_us": wall_us(complexity),
            "engine_us": 2.0,
            "executed_us": 1.0,
            "overhead_us": overhead_us,
            "overhead_us_per_operation": overhead_us / complexity,
        }
        for complexity in range(1, solvers + 1)
        for size in batch_sizes
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def summary(name, items_per_second, us_per_operation):
    return {
        "label": name,
        "items": 3200,
        "seconds": 3200 / items_per_second,
        "engine_seconds": 1600 / items_per_second,
        "items_per_second": items_per_second,
        "microseconds": {"p50": 10.0, "p90": 200.0, "p99": 3000.0},
        "status": {"ok": 3000, "error": 200, "budget": 0},
        "matches": 40,
        "overhead": {"solvers": 40, "us_per_operation": us_per_operation},
    }


@pytest.mark.parametrize(
    ("wall_us", "complexity", "everywhere", "finding"),
    [
        (lambda n: 5.0 * n, 1.0, True, "pays everywhere"),
        (lambda n: 20.0 * n, None, False, "does not pay"),
        (lambda n: 60.0 + 2.0 * n, 7.0, False, "pays from 7"),
        # Cheaper than the baseline in the lower half alone: that is no complexity from which on it pays.
        (lambda n: 5.0 * n if n < 12 else 30.0 * n, None, False, "does not pay"),
    ],
)
def test_break_even_against_ten_microseconds_a_primitive(wall_us, complexity, everywhere, finding):
    found = break_even("mode", overheads(wall_us), overheads(lambda n: 10.0 * n), 8)
    assert (found.complexity, found.everywhere, found.finding) == (complexity, everywhere, finding)


def test_break_even_compares_the_solvers_that_both_modes_measured():
    base = overheads(lambda n: 10.0 * n, solvers=6)
    ours = overheads(lambda n: 5.0 * n if n <= 6 else 1e9)
    assert break_even("mode", ours, base, 8).everywhere


def test_break_even_of_nothing_shared():
    assert break_even("mode", overheads(float, (1,)), overheads(float, (8,)), 8).complexity is None


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 24, 400])
def test_bins_cover_everything_once(count):
    bins = equal_bins(count)
    assert [k for members in bins for k in members] == list(range(count))
    assert len(bins) <= 8
    if count >= 3:
        assert min(map(len, bins)) >= 3


def test_median_overheads_by_batch_size():
    table = overheads(float, (8, 1), solvers=3, overhead_us=6.0)
    assert list(median_overheads(table).items()) == [(1, 3.0), (8, 3.0)]


def test_compare_table_takes_the_first_mode_as_baseline():
    modes = [summary("slow", 100.0, {}), summary("fast", 2500.0, {})]
    slow, fast = compare_table(modes, [3.0, 0.012]).rows
    assert slow == ("slow", "3,200", "32", "100", "10,000", "1.0", "3 µs")
    assert fast == ("fast", "3,200", "1.28", "2,500", "400", "25.0", "0.012 µs")


def test_run_table_leaves_out_what_did_not_happen():
    text = str(run_table(summary("slow", 100.0, {"8": 3.0})))
    assert "ok 3,000, error 200" in text
    assert "budget" not in text


def test_a_table_is_markdown_in_a_notebook():
    table = Table(("a", "b"), [("x", "1")])
    assert table._repr_markdown_() == table.markdown() == "| a | b |\n| --- | ---: |\n| x | 1 |"


def test_pictures_are_png_files_and_their_titles_say_what_was_found():
    times = plot_times([*[10.0] * 99, 990.0], "sequential")
    assert times.title == "sequential: the slowest 1 % of the items take 50% of the time"
    tables = {"slow": overheads(float, (1, 8)), "fast": overheads(float, (1, 8))}
    picture = plot_overhead(tables, [BreakEven("fast", 8, 7.0, everywhere=False)], "the finding")
    assert picture.title == "the finding"
    for drawn in (times, picture):
        assert drawn._repr_png_().startswith(PNG)


def test_the_title_of_rates_names_the_fastest():
    rates = {"workers=1": {"slow": 10.0, "fast": 3000.0}, "workers=2": {"slow": 19.0}}
    picture = plot_rates(rates)
    assert picture.title == "Most items a second, 3,000: fast, workers=1"
    assert picture.png.startswith(PNG)


def test_a_long_title_stays_inside_of_its_picture():
    picture = plot_overhead({"one": overheads(float)}, [], "some words that state a finding " * 12)
    pixels = imread(io.BytesIO(picture.png))[..., :3]
    assert (pixels[:, :2] == 1).all()
    assert (pixels[:, -2:] == 1).all()


def test_a_picture_of_few_items_and_of_one_solver():
    assert plot_times([5.0], "one item").png.startswith(PNG)
    assert plot_overhead({"one": overheads(float, (1,), solvers=1)}, [], "one solver").png.startswith(PNG)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tasks", 3),
        ("tasks", ""),
        ("samples", 0),
        ("samples", "eight"),
        ("samples", True),
        ("batch_sizes", []),
        ("batch_sizes", 8),
        ("batch_sizes", [0, 8]),
        ("workers", -1),
        ("engine", None),
        ("seed", 1.5),
        ("timeout", 0),
        ("timeout", float("nan")),
        ("overhead_seconds", "long"),
        ("overhead_seconds", float("inf")),
        ("out", 1),
    ],
)
def test_a_bad_value_names_its_parameter(name, value):
    with pytest.raises(ParameterError, match=f"parameter '{name}'") as caught:
        Parameters(**{name: value})
    assert caught.value.parameter == name


def test_a_notebook_s_globals_give_the_parameters():
    namespace = {"samples": 8, "other": 1, "In": ["", "samples = 80", "# Parameters\nsamples = 8\n"]}
    assert Parameters.of_notebook(namespace) == Parameters(samples=8)


def test_what_papermill_was_given_by_mistake_is_refused():
    namespace = {"samples": 80, "sampels": 8, "In": ["", "samples = 80", "# Parameters\nsampels = 8\n"]}
    with pytest.raises(ParameterError, match=r"'sampels'.*Did you mean 'samples'\?"):
        Parameters.of_notebook(namespace)


def test_with_block_refuses_a_text_without_the_marks():
    with pytest.raises(ResultsError, match="no such marks"):
        with_block("no marks here", "results", "new")


def test_parameter_table_has_every_parameter():
    names = [row[0].strip("`") for row in parameter_table().rows]
    assert names == list(Parameters().as_dict())


def test_times_may_hold_items_that_were_not_timed():
    assert plot_times(np.array([0.0, 1.0, 2.0]), "some").png.startswith(PNG)
