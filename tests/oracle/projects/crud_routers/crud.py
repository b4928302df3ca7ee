from fastapi import APIRouter, Depends


class CRUDRouter(APIRouter):
    def __init__(self, name: str, source, **kwargs):
        super().__init__(prefix="/" + name, **kwargs)
        self.source = source
        self.add_api_route("/", self._list(), methods=["GET"])
        self.add_api_route("/{item_id}", self._get(), methods=["GET"], dependencies=[Depends(source)])
        self.add_api_route("/{item_id}", self.remove, methods=["DELETE"])

    def _list(self):
        def route(db=Depends(self.source)):
            return db

        return route

    def _get(self):
        async def route(item_id: int, db=Depends(self.source)):
            return db

        return route

    def remove(self, item_id: int):
        return item_id


class ReadOnlyRouter(CRUDRouter):
    pass
