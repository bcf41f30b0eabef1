"""The pages and the JSON API of the service.

`app.make_app` puts the routes together; each module of routes has a list ``ROUTES``. What every
route needs is in `state.ServiceState`, in ``request.app.state.service``.
"""
