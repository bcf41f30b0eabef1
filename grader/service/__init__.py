"""``grader serve``: students hand in live, and nothing is lost.

Theory of operation
-------------------
The database is the truth; every process is stateless. A hand-in is one transaction: its bytes, its
receipt and a job (`hand_ins.take`). A *dispatcher* (`dispatcher.Dispatcher`, one in each process
that grades) claims jobs, gives them to a pool, and stores each result together with the end of its
job and the score that goes to the platform (`scores.store_result`). Whatever dies, its claims end
after a minute, or when it starts again, and its jobs are done again: a result is stored once.

- `database`: tables, transactions, migrations.
- `hand_ins`, `attempts`: what is taken, and what a student has left.
- `queue`, `dispatcher`: jobs.
- `scores`, `outbox`: which points count, and their way to a platform.
- `web`: pages and API, on Starlette. Routes check who asks before they look at anything.
- `run`: puts all of it together in one process.

What must hold. No receipt without a report in the end; no report without a receipt; no score that
differs from its report. A page, a report and an answer of the API go only to the person that they
are about, and to the instructors of the course. No password is kept, and secrets only as digests.

Start reading at `run.run_service`.
"""
