"""Ids sort by birth and are UUIDs of version 7."""

from uuid import UUID

from samoey.kit.ids import new_id, new_text_id


def test_ids_made_in_a_later_millisecond_sort_later() -> None:
    first = new_id()
    while (second := new_id()).int >> 80 == first.int >> 80:
        pass

    assert first < second


def test_an_id_is_a_uuid_of_version_7_and_never_made_twice() -> None:
    made = {new_id() for _ in range(10_000)}

    assert len(made) == 10_000
    assert all(one.version == 7 and one.variant == "specified in RFC 4122" for one in made)


def test_an_id_that_is_written_is_the_same_kind_of_id() -> None:
    before, written, after = new_id(), new_text_id(), new_id()

    assert str(UUID(written)) == written
    assert UUID(written).version == 7
    assert before.int >> 80 <= UUID(written).int >> 80 <= after.int >> 80
