"""The JSON API of the service, under ``/api/v1``: hand in, state, report, class.

A request carries a token (``Authorization: Bearer ...``), which acts for one person in one course;
cookies mean nothing here. `web.bearer` finds who asks, `reading` and `handing_in` answer, and
`messages` has what they answer with. `operations` lists all that can be asked, and from just that
list `document` makes the description (OpenAPI 3.1). Who may see what is decided where it is for
pages too (`web.auth`).
"""
