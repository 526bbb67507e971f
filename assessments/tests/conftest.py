"""Fixtures of this app's tests."""

import pytest

from assessments.tests.data_copy import DataCopy, forget


@pytest.fixture
def data_copy(tmp_path, monkeypatch):
    """A copy of the data files that is read in place of the shipped ones; nothing read from it is kept."""
    copy = DataCopy(tmp_path / "data")
    monkeypatch.setattr("assessments.domain.data_files.FOLDER", copy.folder)
    forget()
    yield copy
    monkeypatch.undo()
    forget()
