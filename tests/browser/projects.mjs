// Projects and archives for the tests, made from nothing: what a person would have on disk.
import { deflateRawSync } from "node:zlib";

const AUTH = `"""Who is calling."""

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.config import settings

bearer = HTTPBearer()


def current_user(credentials: HTTPAuthorizationCredentials = Depends(bearer)) -> str:
    try:
        claims = jwt.decode(
            credentials.credentials,
            settings.better_auth_secret,
            algorithms=["HS256"],
            options={"require": ["exp", "sub"]},
        )
    except jwt.PyJWTError:
        raise HTTPException(status_code=401, headers={"WWW-Authenticate": "Bearer"}) from None
    return claims["sub"]
`;

const CONFIG = `"""What the service is told by its environment."""

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str = "sqlite:///./app.db"
    better_auth_secret: str = "change-me"


settings = Settings()
`;

const MAIN = (count) => `from fastapi import FastAPI

${Array.from({ length: count }, (_, n) => `from app.routers import things_${n}`).join("\n")}

app = FastAPI()
${Array.from({ length: count }, (_, n) => `app.include_router(things_${n}.router)`).join("\n")}
`;

const DB = `from sqlmodel import Session, create_engine

from app.config import settings

engine = create_engine(settings.database_url)


def get_session():
    with Session(engine) as session:
        yield session
`;

const router = (n) => `"""Things of kind ${n}."""

from fastapi import APIRouter, Depends, HTTPException
from sqlmodel import Session, select

from app.auth import current_user
from app.db import get_session
from app.models.thing_${n} import Thing${n}
from app.services.things_${n} import price, rank

router = APIRouter(prefix="/things-${n}", tags=["things"])
${Array.from(
  { length: 8 },
  (_, k) => `

@router.get("/v${k}")
def list_things_${k}(user: str = Depends(current_user), session: Session = Depends(get_session)):
    """Things of the caller that cost more than ${k}."""
    things = session.exec(select(Thing${n}).where(Thing${n}.owner_id == user)).all()
    return [{"id": thing.id, "title": thing.title, "price": price(thing, ${k})} for thing in things]


@router.get("/v${k}/{thing_id}")
def read_thing_${k}(thing_id: int, user: str = Depends(current_user), session: Session = Depends(get_session)):
    statement = select(Thing${n}).where(Thing${n}.id == thing_id${k === 0 && n % 5 === 0 ? "" : `, Thing${n}.owner_id == user`})
    thing = session.exec(statement).first()
    if thing is None:
        raise HTTPException(status_code=404)
    return {"id": thing.id, "title": thing.title, "rank": rank(thing, ${k})}
`,
).join("")}`;

const model = (n) => `from sqlmodel import Field, SQLModel


class Thing${n}(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=120)
    owner_id: str = Field(index=True)
${Array.from({ length: 150 }, (_, k) => `    column_${k}: str | None = Field(default=None, max_length=${100 + k})`).join("\n")}
`;

const service = (n) => `"""What things of kind ${n} cost."""

from app.models.thing_${n} import Thing${n}


def price(thing: Thing${n}, at_least: int) -> float:
    return max(float(len(thing.title)), float(at_least))


def rank(thing: Thing${n}, offset: int) -> int:
    return (thing.id or 0) + offset
${Array.from(
  { length: 110 },
  (_, k) => `

def estimate_${k}(values: list[float], weight: float = ${k}.5) -> float:
    total = 0.0
    for value in values:
        total += value * weight
    return total / (len(values) or 1)
`,
).join("")}`;

const report = (n) => `"""Figures of section ${n}."""

from dataclasses import dataclass

from app.db import get_session


@dataclass
class Row${n}:
    title: str
    amount: float
    note: str | None = None
${Array.from(
  { length: 50 },
  (_, k) => `

def figure_${k}(rows: list[Row${n}], factor: float = ${k}.25) -> dict[str, float]:
    amounts = [row.amount * factor for row in rows if row.note is None]
    return {"count": len(amounts), "sum": sum(amounts)}
`,
).join("")}`;

/** A service of so many files, about 10 kB each; every twelfth has routes. What is found needs several files. */
export function project(files) {
  const kinds = Math.floor(files / 12);
  const made = {
    "app/__init__.py": "",
    "app/auth.py": AUTH,
    "app/config.py": CONFIG,
    "app/db.py": DB,
    "app/main.py": MAIN(kinds),
  };
  for (let n = 0; n < kinds; n += 1) {
    made[`app/routers/things_${n}.py`] = router(n);
    made[`app/models/thing_${n}.py`] = model(n);
    made[`app/services/things_${n}.py`] = service(n);
  }
  for (let n = 0; Object.keys(made).length < files; n += 1) made[`app/reports/section_${n % 20}/report_${n}.py`] = report(n);
  return made;
}

/**
 * A zip archive of files by name.
 *
 * @param {Record<string, string | Uint8Array> | [string, string | Uint8Array, object?][]} files with what their entries
 *   say against the truth: `flags`, `method`, `size`
 */
export function zip(files) {
  const entries = Array.isArray(files) ? files : Object.entries(files);
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, content, { flags = 0x800, method = 8, size } = {}] of entries) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(size ?? bytes.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x03"), fields, rest, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length & 0xffff, 4);
  end.writeUInt16LE(entries.length & 0xffff, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listed, Buffer.from("PK\x05\x06"), end]);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ TABLE[(value ^ byte) & 0xff];
  return ~value >>> 0;
}
