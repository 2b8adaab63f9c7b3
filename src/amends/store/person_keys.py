"""A person's key, which is made when something of theirs is first to be sealed with it."""

from __future__ import annotations

from amends.kernel.people import PersonId
from amends.store.plain import Execute
from amends.store.sealing import PersonKey, new_key

# Setting the key's id to itself is how a key that is there already comes back, held until what is
# sealed with it is written.
_KEY = """INSERT INTO person_keys VALUES (?, ?, ?)
    ON CONFLICT (person) DO UPDATE SET key_id = person_keys.key_id RETURNING key_id, secret"""


def key_of(execute: Execute, person: PersonId) -> PersonKey:
    """The key there is, or a fresh one."""
    fresh = new_key()
    return PersonKey(*execute(_KEY, (person, fresh.id, fresh.secret)).fetchone())
