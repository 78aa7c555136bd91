"""The demo's chapters about stock, members and bookings."""

from tests.local_stack.story import Story

MUGS = 12
COUNTED = 40
MEMBER = "3e3be500-0000-4000-8000-000000000001"
BOOKING = "b0041460-0000-4000-8000-000000000001"
HOUR = "2030-05-06T{}:00:00"


def areas(story: Story) -> None:
    """Tell them.

    Raises:
        CheckFailedError: If a step goes otherwise than it should.
    """
    _stock_taking(story)
    _member(story)
    _booking(story)


def _stock_taking(story: Story) -> None:
    catalog, stock_keeper = story.stack.wix.catalog, story.stack.caller("InventoryPolicy")
    mug = catalog.add_product(name="Mug", sku="MUG-1", quantity=MUGS)["id"]
    counted = {"changes": [{"sku": "MUG-1", "set": COUNTED}]}

    story.chapter(f"{COUNTED} mugs were counted. A dry run shows what would be sent to Wix")
    dry_run = {**counted, "dryRun": True}
    planned = story.call(stock_keeper, "POST", "/inventory", dry_run, show=["dryRun"])
    for request in planned["requests"]:
        story.note(f"Would send {request['method']} {request['path']}")
    story.check(f"At Wix there are still {MUGS}", catalog.stock(mug) == MUGS)

    story.chapter("Then the change is made")
    first = story.call(stock_keeper, "POST", "/inventory", counted, key="count-1", show=["done"])
    story.check(f"At Wix there are {COUNTED}", catalog.stock(mug) == COUNTED)

    story.chapter("Two are sold, and the same request comes again")
    catalog.set_stock(mug, COUNTED - 2)
    again = story.call(stock_keeper, "POST", "/inventory", counted, key="count-1", show=["done"])
    story.check("The answer is the first one", again == first)
    story.check(f"At Wix there are {COUNTED - 2}", catalog.stock(mug) == COUNTED - 2)


def _member(story: Story) -> None:
    members, registrar = story.stack.wix.members, story.stack.caller("MembersAdminPolicy")
    members.add(email="ada@example.com", status="PENDING", member_id=MEMBER)

    story.chapter("A new member waits for approval")
    story.call(registrar, "POST", f"/members/{MEMBER}/approve", show=["status"])
    member = members.get(MEMBER)
    assert member is not None
    story.check(f"At Wix the member is {member['status']}", member["status"] == "APPROVED")


def _booking(story: Story) -> None:
    bookings, receptionist = story.stack.wix.bookings, story.stack.caller("BookingsAdminPolicy")
    service = bookings.add_service(name="Massage")["id"]
    start = HOUR.format("09")
    bookings.add(service_id=service, status="CONFIRMED", start=start, booking_id=BOOKING)
    bookings.add_slot(service, HOUR.format("14"))
    path = f"/bookings/{BOOKING}/reschedule"

    story.chapter("A guest asks for another time; the first choice is taken")
    taken = {"start": HOUR.format("11"), "notifyParticipants": True}
    story.call(receptionist, "POST", path, taken, key="move-1", expect=409, show=["code"])
    free = {**taken, "start": HOUR.format("14")}
    moved = story.call(receptionist, "POST", path, free, key="move-2", show=["status", "startDate"])
    booking = bookings.get(BOOKING)
    assert booking is not None
    story.check("At Wix it has that time", booking["startDate"] == moved["startDate"])
    story.check("The guest was notified once", len(bookings.notifications) == 1)
