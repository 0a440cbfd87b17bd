import asyncio

import httpx
import pytest
from sqlalchemy import text
from websockets.exceptions import ConnectionClosed

from samoey.domains.chat import service as chat
from samoey.domains.chat.schemas import ConversationChange
from samoey.domains.identity import service as identity
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import SYSTEM
from samoey.kit.credentials import Credentials
from samoey.kit.settings import ChatSettings
from tests.api.scene import Scene
from tests.api.wire import Wire, wire
from tests.conftest import OpenHouse
from tests.domains.chat.talk import Talk
from tests.house.processes import RunningHouse


async def test_an_event_is_heard_by_those_who_watch(scene: Scene) -> None:
    async with wire(scene.url, scene.ada) as ear:
        watching = await ear.watch(scene.audience)
        question = await scene.talk.post()
        heard = await ear.until(lambda it: it["type"] == "event")

    assert watching == {"type": "watching", "audience": scene.audience, "seq": 0}
    assert (heard["seq"], heard["name"]) == (1, "chat.message_posted")
    assert heard["data"]["message_id"] == str(question.id)


async def test_who_comes_back_gets_what_was_missed_exactly_once(scene: Scene) -> None:
    async with wire(scene.url, scene.ada) as ear:
        await ear.watch(scene.audience)
        await scene.talk.post("One?")
        await ear.until(lambda it: it["type"] == "event" and it["seq"] == 1)
    await scene.talk.post("Two?")
    await scene.talk.post("Three?")

    async with wire(scene.url, scene.ada) as ear:
        await ear.watch(scene.audience, after=1)
        posting = [asyncio.create_task(scene.talk.post(f"{n}?")) for n in range(4, 9)]
        await ear.until(lambda it: it["type"] == "event" and it.get("seq") == 8)
        await asyncio.gather(*posting)
        rest = await ear.silence(2.5)

    events = ear.events(scene.audience)
    assert [seq for seq, _ in events] == list(range(2, 9))
    assert [it for it in rest if it["type"] == "event" and it["audience"] == scene.audience] == []


async def test_hundreds_of_missed_events_come_in_order(scene: Scene) -> None:
    async with scene.house.tools.work(SYSTEM) as ctx:
        await ctx.db.execute(
            text(
                "INSERT INTO events (id, created_at, name, audience, seq, payload) "
                "SELECT gen_random_uuid(), now(), 'chat.message_posted', :audience, n, '{}' "
                "FROM generate_series(1, 1200) AS n"
            ),
            {"audience": scene.audience},
        )
        await ctx.db.execute(text("UPDATE conversations SET seq = 1200"))

    async with wire(scene.url, scene.ada) as ear:
        await ear.watch(scene.audience, after=0)
        await ear.until(lambda it: it["type"] == "event" and it["seq"] == 1200)

    assert [seq for seq, _ in ear.events(scene.audience)] == list(range(1, 1201))


async def test_a_lost_nudge_is_made_good_by_looking(scene: Scene) -> None:
    async with wire(scene.url, scene.ada) as ear:
        await ear.watch(scene.audience)
        # Another process' bus is away: the event is recorded, and nobody is nudged.
        async with scene.house.tools.sessions.begin() as db:
            await db.execute(
                text(
                    "INSERT INTO events (id, created_at, name, audience, seq, payload) VALUES "
                    "(:id, now(), 'chat.message_posted', :audience, 1, '{}')"
                ),
                {"id": scene.talk.conversation.id, "audience": scene.audience},
            )
        heard = await ear.until(lambda it: it["type"] == "event", within_s=5)

    assert heard["seq"] == 1


async def test_a_stranger_may_not_listen(scene: Scene) -> None:
    eve = await scene.house.make.user("Eve", role="member")
    mallory = await scene.house.make.user("Mallory", role=None)

    async with wire(scene.url, eve) as ear:
        private = await ear.watch(scene.audience)
    async with wire(scene.url, mallory) as ear:
        outside = await ear.watch(f"workspace:{scene.ada.workspace_id}")
        others = await ear.watch(f"user:{scene.ada.id}")
        session = await ear.watch("session:1")
        await scene.talk.post()
        heard = await ear.silence(0.5)

    assert {it["type"] for it in (private, outside, others, session)} == {"problem"}
    assert private["title"] == "There is nothing of this name to listen to."
    assert heard == []


async def test_who_loses_the_right_to_listen_hears_no_more(scene: Scene) -> None:
    bob = await scene.house.make.user("Bob", role="member")
    shared = await Talk.begin(scene.house, scene.ada, shared=True)
    audience = f"conversation:{shared.conversation.id}"

    async with wire(scene.url, bob) as ear:
        await ear.watch(audience)
        async with scene.house.tools.work(scene.ada.actor) as ctx:
            await chat.change_conversation(
                ctx, shared.conversation.id, ConversationChange(shared=False)
            )
        lost = await ear.until(lambda it: it["type"] == "problem", within_s=2)
        await shared.post()
        heard = await ear.silence(1)

    assert lost["audience"] == audience
    assert [it for it in heard if it.get("audience") == audience] == []


async def test_a_removed_member_hears_the_workspace_no_more(scene: Scene) -> None:
    bob = await scene.house.make.user("Bob", role="member")
    audience = f"workspace:{scene.ada.workspace_id}"

    async with wire(scene.url, bob) as ear:
        await ear.watch(audience)
        async with scene.house.tools.work(scene.ada.actor) as ctx:
            await workspaces.remove_member(ctx, scene.ada.workspace_id, bob.id)
        lost = await ear.until(lambda it: it["type"] == "problem", within_s=3)

    assert lost["audience"] == audience


async def test_a_private_conversation_is_told_to_its_owner_only(scene: Scene) -> None:
    bob = await scene.house.make.user("Bob", role="admin")

    async with wire(scene.url, scene.ada) as mine, wire(scene.url, bob) as other:
        for ear in (mine, other):
            await ear.watch(f"workspace:{scene.ada.workspace_id}")
        await Talk.begin(scene.house, scene.ada)
        told = await mine.until(lambda it: it["type"] == "event")
        heard = await other.silence(0.5)

    assert told["name"] == "chat.conversation_started"
    assert heard == []


async def test_sign_out_closes_the_socket_at_once(scene: Scene) -> None:
    async with wire(scene.url, scene.ada) as ear:
        await ear.watch(scene.audience)
        await identity.sign_out(
            scene.house.tools, Credentials(cookie=None, bearer=scene.ada.bearer)
        )
        with pytest.raises(ConnectionClosed) as closed:
            await ear.until(lambda _: False, within_s=30)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_a_sign_out_that_nobody_told_of_is_found_by_looking(scene: Scene) -> None:
    async with wire(scene.url, scene.ada) as ear:
        await ear.watch(scene.audience)
        async with scene.house.tools.sessions.begin() as db:
            await db.execute(text("UPDATE sessions SET revoked_at = now()"))
        with pytest.raises(ConnectionClosed) as closed:
            await ear.until(lambda _: False, within_s=4)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def _close_code(ear: Wire) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        await ear.until(lambda _: False, within_s=15)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


async def test_nobody_is_let_in_without_a_credential(scene: Scene) -> None:
    async with wire(scene.url) as ear:
        assert await _close_code(ear) == 4401
    async with wire(scene.url, headers={"authorization": "Bearer nonsense"}) as ear:
        assert await _close_code(ear) == 4401


async def test_a_page_of_another_site_is_sent_away(scene: Scene) -> None:
    cookie = {"cookie": f"samoey_access={scene.ada.bearer}"}

    async with wire(scene.url, headers=cookie | {"origin": "https://evil.example"}) as ear:
        assert await _close_code(ear) == 4403
    async with wire(scene.url, headers=cookie | {"origin": scene.url}) as ear:
        assert (await ear.watch(scene.audience))["type"] == "watching"


async def test_a_ticket_opens_the_socket_once(scene: Scene) -> None:
    async with httpx.AsyncClient(base_url=scene.url, trust_env=False) as http:
        made = await http.post("/api/v1/identity/live-ticket", headers=scene.ada.headers)
    query = f"?ticket={made.json()['ticket']}"

    async with wire(scene.url, query=query) as ear:
        assert (await ear.watch(scene.audience))["type"] == "watching"
    async with wire(scene.url, query=query) as ear:
        assert await _close_code(ear) == 4401


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        '{"type":"dance"}',
        '{"type":"watch"}',
        '{"type":"watch","audience":7}',
        '{"type":"watch","audience":"conversation:x","after":-1}',
        '"x"' * 3_000,
    ],
    ids=range(8),
)
async def test_nonsense_is_answered_with_a_problem_and_loses_nothing(
    scene: Scene, said: str
) -> None:
    async with wire(scene.url, scene.ada) as ear:
        await ear.connection.send(said)
        problem = await ear.next()
        watching = await ear.watch(scene.audience)

    assert problem["type"] == "problem"
    assert problem["problem"] == "/problems/invalid-request"
    assert watching["type"] == "watching"


async def test_a_name_that_is_no_id_is_answered_with_a_problem(scene: Scene) -> None:
    async with wire(scene.url, scene.ada) as ear:
        for audience in ("conversation:x", "workspace:", "x", "", "conversation"):
            assert (await ear.watch(audience))["type"] == "problem"


async def test_who_unwatches_hears_no_more(scene: Scene) -> None:
    async with wire(scene.url, scene.ada) as ear:
        await ear.watch(scene.audience)
        await ear.say(type="unwatch", audience=scene.audience)
        await asyncio.sleep(0.2)
        await scene.talk.post()
        heard = await ear.silence(0.5)

    assert [it for it in heard if it.get("audience") == scene.audience] == []


async def test_typing_and_presence_are_seen_by_the_others(scene: Scene) -> None:
    bob = await scene.house.make.user("Bob", role="viewer")
    shared = await Talk.begin(scene.house, scene.ada, shared=True)
    id_ = str(shared.conversation.id)

    async with wire(scene.url, scene.ada) as mine:
        await mine.watch(f"conversation:{id_}")
        async with wire(scene.url, bob) as other:
            await other.watch(f"conversation:{id_}")
            both = await mine.until(lambda it: it["type"] == "presence" and len(it["people"]) == 2)
            await mine.say(type="typing", conversation_id=id_)
            typing = await other.until(lambda it: it["type"] == "typing")
        alone = await mine.until(lambda it: it["type"] == "presence" and len(it["people"]) == 1)

    assert [it["name"] for it in both["people"]] == ["Ada", "Bob"]
    assert (typing["name"], typing["user_id"]) == ("Ada", str(scene.ada.id))
    assert [it["name"] for it in alone["people"]] == ["Ada"]
    assert [it for it in mine.heard if it["type"] == "typing"] == []


async def test_people_of_two_servers_see_each_other(house: RunningHouse) -> None:
    ada, bob = await house.make.user(), await house.make.user("Bob", role="member")
    talk = await Talk.begin(house, ada, shared=True)
    audience = f"conversation:{talk.conversation.id}"

    async with (
        house.serving() as one,
        house.serving() as two,
        wire(one, ada) as mine,
        wire(two, bob) as other,
    ):
        for ear in (mine, other):
            await ear.watch(audience)
        for ear in (mine, other):
            await ear.until(lambda it: it["type"] == "presence" and len(it["people"]) == 2)
        await talk.post()
        for ear in (mine, other):
            await ear.until(lambda it: it["type"] == "event" and it["seq"] == 1)


async def test_a_slow_reader_is_sent_away_with_a_code_that_says_resume(
    open_test_house: OpenHouse,
) -> None:
    async with open_test_house(chat=ChatSettings(live_queue=10)) as house, house.serving() as url:
        ada = await house.make.user()
        talk = await Talk.begin(house, ada)
        audience = f"conversation:{talk.conversation.id}"
        # A client that takes nothing from its socket while much is said.
        async with wire(url, ada, max_queue=1) as ear:
            await ear.watch(audience)
            flood = {"type": "typing", "conversation_id": "", "user_id": "x", "name": "y" * 50_000}
            for _ in range(400):
                await house.tools.bus.publish(audience, flood)
                await asyncio.sleep(0.002)
            code = await _close_code(ear)
        await talk.post()
        async with wire(url, ada) as ear:
            await ear.watch(audience, after=0)
            heard = await ear.until(lambda it: it["type"] == "event")

    assert code == 4408
    assert heard["seq"] == 1


async def test_progress_is_heard_by_those_who_watch_the_workspace(scene: Scene) -> None:
    audience = f"workspace:{scene.ada.workspace_id}"
    told = {"type": "progress", "audience": audience, "repository_id": "r", "stage": "indexing"}

    async with wire(scene.url, scene.ada) as ear:
        await ear.watch(audience)
        await scene.house.tools.bus.publish(audience, told | {"done": 3, "total": 9})
        heard = await ear.until(lambda it: it["type"] == "progress")

    assert (heard["done"], heard["total"]) == (3, 9)
