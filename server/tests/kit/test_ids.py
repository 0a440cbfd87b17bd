"""Ids sort by birth and are UUIDs of version 7."""

from samoey.kit.ids import new_id


def test_ids_made_later_sort_later_across_milliseconds() -> None:
    made = []
    for _ in range(3):
        first = new_id()
        while (second := new_id()).int >> 80 == first.int >> 80:
            pass
        made += [first, second]

    assert made == sorted(made)


def test_an_id_is_a_uuid_of_version_7_and_never_made_twice() -> None:
    made = {new_id() for _ in range(10_000)}

    assert len(made) == 10_000
    assert all(one.version == 7 and one.variant == "specified in RFC 4122" for one in made)
