"""What goes to Kaggle passes the checks of the public client itself, up to the request that it would send."""

import json
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import assemble
import push
import pytest
from requests.exceptions import HTTPError

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def client():
    """The client with somebody's name and no network."""
    with mock.patch.dict(os.environ, {"KAGGLE_USERNAME": "somebody", "KAGGLE_KEY": "0"}):
        from kaggle.api.kaggle_api_extended import KaggleApi

        api = KaggleApi()
        api.authenticate()
        yield api


@contextmanager
def requests_of(client):
    """The requests that the client would send, as they come; each is answered with nothing."""
    sent = []

    def service(name):
        return mock.Mock(side_effect=lambda request: sent.append(request) or SimpleNamespace(error=None))

    kaggle = mock.MagicMock()
    kaggle.__enter__.return_value = kaggle
    kaggle.kernels.kernels_api_client.save_kernel = service("save_kernel")
    kaggle.datasets.dataset_api_client.create_dataset = service("create_dataset")
    kaggle.datasets.dataset_api_client.create_dataset_version = service("create_dataset_version")
    with mock.patch.object(client, "build_kaggle_client", return_value=kaggle):
        yield sent


@pytest.fixture
def dataset(tmp_path):
    """A folder with the real metadata and page, and something for the wheels."""
    folder = tmp_path / "dataset"
    folder.mkdir()
    for name in ("README.md", "kaggle_gpu_benchmark.py"):
        shutil.copy(ROOT / "kaggle_dataset" / name, folder)
    (folder / "tokpidjin-0.1.0-py3-none-any.whl").write_bytes(b"")
    assemble.write_json(folder / "dataset-metadata.json", assemble.dataset_metadata())
    return folder


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_kernel_is_what_the_client_takes(client, tmp_path, capsys, notebook):
    assemble.build_kernel(notebook, tmp_path / "kernel")
    with requests_of(client) as sent:
        client.kernels_push(str(tmp_path / "kernel"))
    [request] = sent
    assert capsys.readouterr() == (
        "",
        "",
    )  # it warns of a title that is not the slug, and of retired machines
    needs = assemble.KERNELS.get(notebook.stem, {})
    assert (request.enable_internet, request.enable_tpu, request.is_private) == (False, False, True)
    assert request.enable_gpu is (request.machine_shape == "NvidiaTeslaT4") is bool(needs)
    assert request.dataset_data_sources == [assemble.DATASET]
    assert request.competition_data_sources == needs.get("competition_sources", [])
    assert "install" in json.loads(request.text)["cells"][0]["source"]


def test_kernel_metadata_leaves_nothing_to_the_client(client, tmp_path):
    template = json.loads(Path(client.kernels_initialize(str(tmp_path))).read_text())
    assert set(template) <= set(assemble.kernel_metadata("01_sequential"))


def test_every_kernel_with_needs_of_its_own_is_a_notebook():
    assert set(assemble.KERNELS) <= {notebook.stem for notebook in NOTEBOOKS}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_kernel_is_the_notebook_with_one_cell_before_it(tmp_path, notebook):
    assemble.build_kernel(notebook, tmp_path / "kernel")
    pushed, kept = (json.loads(p.read_text()) for p in (tmp_path / "kernel" / notebook.name, notebook))
    assert pushed == {**kept, "cells": [assemble.install_cell(), *kept["cells"]]}


def files_sent(client, dataset, send):
    """The names of what the client uploads from the folder, by its own choice; it returns a token for each."""
    names = []

    def upload(file_name, *_):
        names.append(file_name)
        return SimpleNamespace(token=file_name, description="", columns=[])

    with (
        requests_of(client) as sent,
        mock.patch.object(client, "_upload_file", upload),
        mock.patch.object(client, "dataset_status", side_effect=HTTPError()),
    ):
        send(str(dataset))
    return names, sent[-1]


def test_dataset_is_what_the_client_takes_at_first(client, dataset):
    names, request = files_sent(client, dataset, client.dataset_create_new)
    assert set(names) == {file.name for file in dataset.iterdir()} - {"dataset-metadata.json"}
    assert f"{request.owner_slug}/{request.slug}" == assemble.DATASET
    assert request.license_name == "other"
    assert "Licences:" in request.description
    assert request.is_private


def test_dataset_is_what_the_client_takes_again(client, dataset):
    names, request = files_sent(
        client, dataset, lambda folder: client.dataset_create_version(folder, "again")
    )
    assert len(names) == len(list(dataset.iterdir())) - 1
    assert f"{request.owner_slug}/{request.dataset_slug}" == assemble.DATASET


CLIENT = """#!{python}
import json, sys
from pathlib import Path
folder = Path(__file__).parent
with (folder / "log").open("a") as log:
    print(*sys.argv[1:3], file=log)
answers = json.loads((folder / "answers.json").read_text())
name = " ".join(sys.argv[1:3])
answer = answers[name].pop(0) if len(answers[name]) > 1 else answers[name][0]
(folder / "answers.json").write_text(json.dumps(answers))
print(answer or "404 Client Error")
sys.exit(answer is None)
"""
ANSWERS = {
    "datasets status": ["ready"],
    "datasets create": ["Your private Dataset is being created. Please check progress at ..."],
    "datasets version": ["Dataset version is being created. Please check progress at ..."],
    "kernels push": ["Kernel version 1 successfully pushed.  Please check progress at ..."],
}


@pytest.fixture
def pushed(dataset, monkeypatch):
    """Pushes two kernels with a client that gives these answers (None: it fails); the commands it was given."""
    out = dataset.parent
    assemble.write_json(dataset / "dataset-metadata.json", {"id": "somebody/tokpidjin"})
    for kernel in ("01", "02"):
        (out / "kernels" / kernel).mkdir(parents=True)
    (out / "kaggle").write_text(CLIENT.format(python=sys.executable))
    (out / "kaggle").chmod(0o755)
    monkeypatch.setattr(push, "CLIENT", out / "kaggle")
    monkeypatch.setattr(push, "POLL_SECONDS", 0.0)
    monkeypatch.setenv("KAGGLE_USERNAME", "somebody")

    def commands(**answers):
        changed = {name.replace("_", " "): answer for name, answer in answers.items()}
        (out / "answers.json").write_text(json.dumps({**ANSWERS, **changed}))
        push.main(str(out))
        return (out / "log").read_text().splitlines()

    return commands


def test_a_new_dataset_is_made_and_waited_for(pushed):
    commands = pushed(datasets_status=[None, None, "pending", "ready"])
    assert commands == [
        *("datasets status", "datasets create"),
        *("datasets status", "datasets status", "datasets status"),
        *("kernels push", "kernels push"),
    ]


def test_a_dataset_that_is_there_gets_a_version(pushed):
    assert pushed()[1] == "datasets version"


@pytest.mark.parametrize(
    "answers",
    [
        {"kernels_push": ["Kernel push error: Maximum batch GPU session count of 2 reached."]},
        {
            "kernels_push": [
                "The following are not valid dataset sources ...\nKernel version 1 successfully pushed."
            ]
        },
        {"datasets_version": ["Dataset version creation error: no"]},
        {"datasets_version": [None]},
    ],
)
def test_what_kaggle_refuses_is_a_failure(pushed, answers):
    with pytest.raises(SystemExit, match=r"kaggle (kernels push|datasets version) .* failed"):
        pushed(**answers)


def test_a_folder_of_another_owner_is_not_pushed(pushed, monkeypatch):
    monkeypatch.setenv("KAGGLE_USERNAME", "nobody")
    with pytest.raises(SystemExit, match=r"built for another owner \(somebody/tokpidjin\)"):
        pushed()


def test_a_dataset_that_does_not_come_is_not_waited_for_for_ever(pushed, monkeypatch):
    monkeypatch.setattr(push, "WAIT_SECONDS", 0.0)
    with pytest.raises(SystemExit, match="'pending' after 0 s"):
        pushed(datasets_status=["pending"])


def test_what_was_not_built_is_not_pushed(tmp_path):
    with pytest.raises(SystemExit, match=r"there is no \S+/dataset: build it first"):
        push.main(str(tmp_path))
