"""When a consultation can be booked: plain Python, no Django, no clock, no randomness.

contract.parse_request(text) -> SlotRequest, or InvalidRequest with every problem
availability.free_slots(request) -> list[Slot]: everything that can be booked
availability.days_with_slots(request, zone) -> dict[date, list[Slot]]: the same as a calendar in the reader's zone
availability.fits(request, start) -> Slot | Refusal: one chosen start, by the same rules
"""
