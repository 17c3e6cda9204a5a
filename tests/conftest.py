import pytest

import corridors as cr


@pytest.fixture(scope="session")
def net() -> cr.Network:
    return cr.load()
