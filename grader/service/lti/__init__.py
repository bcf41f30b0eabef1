"""LTI 1.3: the service as a tool of learning platforms.

Theory of operation
-------------------
A platform is registered once, dynamically over a one-time link (`registration`) or by hand
(`platforms.register`). A launch has two steps. The platform sends the browser to us
(`login.begin`); we keep a ticket for it and send the browser back with a state and a nonce. Then
the platform sends the browser with a signed token (`id_token.verify`), and the ticket is used up.
The token says who comes, from which course and which link: `courses.enter` makes that a member of a
course here, and `links` finds the assignment. `members` fetches the rest of the class (names and
roles), `deep_linking` lets an instructor place an assignment in the platform's course. Scores go
back through the outbox (`grader.service.deliver`).

What must hold:

- A token is used once, by the browser that the login began in. Its signature is RS256 with a key
  that the platform publishes; issuer, audience, deployment and times are checked.
- An identity belongs to one platform. Platforms are registered by instructors, so one of them may
  lie: it can make up people and roles of its own courses, and nothing else. People of platforms are
  never the same as people of a roster or of another platform, whatever names and emails are equal.
- A course of a platform (a context) is one course here. If the platform was registered for a
  course, an instructor of that course who is logged in here connects it.
- Requests go to public addresses over https only (`network`), since an instructor chooses them.

pylti1p3 signs, and has the rules of messages, roles and services. Its classes for launches are not
used: they take a token again for which the state was right once, use no nonce up, know neither
audiences nor clocks that differ, and take the algorithm from the platform.
"""
