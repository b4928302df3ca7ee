//! Models and schemas of small projects, as lines of text.

mod show;

use show::{lines, models, schemas};

macro_rules! finds {
    ($($show:ident $name:ident: $code:expr => $expected:expr;)*) => {
        $(#[test] fn $name() { assert_eq!(lines(&$show($code)), lines($expected)); })*
    };
}

finds! {
    models sqlmodel_tables: r#"
import uuid
from sqlmodel import SQLModel, Field, Relationship
class UserBase(SQLModel):
    email: str = Field(unique=True)
class User(UserBase, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    hashed_password: str
    items: list["Item"] = Relationship(back_populates="owner", cascade_delete=True)
class Item(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    owner_id: uuid.UUID = Field(foreign_key="user.id", nullable=False)
    owner: User | None = Relationship(back_populates="items")
class ItemPublic(SQLModel):
    id: int
"# => "
        User table=user SQLModel user-class user-table password login
        id: uuid.UUID pk, hashed_password: str, email: str unique
        relationship items many Item back owner
        Item table=item SQLModel
        id: int | None pk, owner_id: uuid.UUID -> User.id
        relationship owner one User back items
        owner owner_id by foreign key
    ";
    models sqlmodel_column_inside_field: r#"
from sqlmodel import SQLModel, Field, Column
from sqlalchemy import ForeignKey, String
class User(SQLModel, table=True):
    __tablename__ = "app_users"
    id: int = Field(primary_key=True)
    email: str
class Note(SQLModel, table=True):
    id: int = Field(primary_key=True)
    writer: int = Field(sa_column=Column(ForeignKey("app_users.id"), nullable=False))
"# => "
        User table=app_users SQLModel user-class user-table login
        id: int pk, email: str
        Note table=note SQLModel
        id: int pk, writer: int -> User.id
        owner writer by foreign key
    ";
    models sqlalchemy_classic: r#"
from sqlalchemy.orm import relationship
from sqlalchemy import Column, Integer, String, ForeignKey
from app.db import Base
class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True, index=True)
    username = Column(String(50), unique=True, nullable=False)
    password_hash = Column(String)
    tasks = relationship("Task", back_populates="author")
class Task(Base):
    __tablename__ = "tasks"
    id = Column(Integer, primary_key=True)
    task_author = Column(Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False)
    author = relationship("User", back_populates="tasks", uselist=False)
#- app/db.py
from sqlalchemy.ext.declarative import declarative_base
Base = declarative_base()
"# => "
        User table=users SQLAlchemy user-class user-table password login
        id: Integer pk, username: String(50) unique, password_hash: String
        relationship tasks one Task back author
        Task table=tasks SQLAlchemy
        id: Integer pk, task_author: Integer -> User.id
        relationship author one User back tasks
        owner task_author by foreign key
    ";
    models sqlalchemy_mapped: r#"
from typing import Annotated
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
pk = Annotated[int, mapped_column(primary_key=True)]
user_key = Annotated[int, mapped_column(ForeignKey("account.id"))]
class Base(DeclarativeBase):
    pass
class Account(Base):
    __tablename__ = "account"
    id: Mapped[pk]
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    notes: Mapped[list["Note"]] = relationship(back_populates="holder")
class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None]
    holder_id: Mapped[user_key]
    holder: Mapped["Account"] = relationship(back_populates="notes")
"# => "
        Account table=account SQLAlchemy user-class user-table password login
        id: Annotated[int, mapped_column(primary_key=True)] pk, email: Mapped[str] unique, password: Mapped[str]
        relationship notes many Note back holder
        Note table=note SQLAlchemy
        id: Mapped[int] pk, text: Mapped[str | None] null, holder_id: Annotated[int, mapped_column(ForeignKey(\"account.id\"))] -> Account.id
        relationship holder one Account back notes
        owner holder_id by foreign key
    ";
    models mixins_in_other_files: r#"
from sqlalchemy import Column, String
from .mixins import Owned, Stamped
from .base import Base
class Document(Owned, Stamped, Base):
    __tablename__ = "documents"
    title = Column(String)
#- mixins.py
from sqlalchemy import Column, Integer, DateTime, ForeignKey
from sqlalchemy.orm import declared_attr
class Stamped:
    created_at = Column(DateTime)
class Owned:
    @declared_attr
    def person_id(cls):
        return Column(Integer, ForeignKey("people.id"))
#- base.py
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy import Column, Integer, String
class Base(DeclarativeBase):
    __abstract__ = True
    id = Column(Integer, primary_key=True)
class Person(Base):
    __tablename__ = "people"
    login = Column(String)
    passwd = Column(String)
"# => "
        Person table=people SQLAlchemy password login
        login: String, passwd: String, id: Integer pk
        Document table=documents SQLAlchemy
        title: String, person_id: Integer -> Person.id, created_at: DateTime, id: Integer pk
        owner person_id by foreign key
    ";
    models computed_table_names: r#"
from sqlalchemy import Column, Integer, ForeignKey, String
from sqlalchemy.orm import as_declarative, declared_attr, DeclarativeBase
class Base(DeclarativeBase):
    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__name__.lower() + "s"
class User(Base):
    id = Column(Integer, primary_key=True)
    email = Column(String)
class Deal(Base):
    id = Column(Integer, primary_key=True)
    broker = Column(Integer, ForeignKey("users.id"))
"# => "
        User table=? SQLAlchemy user-class login
        id: Integer pk, email: String
        Deal table=? SQLAlchemy
        id: Integer pk, broker: Integer -> User.id
        owner broker by foreign key
    ";
    models base_made_by_a_decorator: r#"
from sqlalchemy import Column, Integer, ForeignKey, Text
from sqlalchemy.ext.declarative import as_declarative, declared_attr
@as_declarative()
class Base:
    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()
class User(Base):
    id = Column(Integer, primary_key=True)
    email = Column(Text)
class Note(Base):
    id = Column(Integer, primary_key=True)
    keeper = Column(Integer, ForeignKey("user.id"))
class Rows:
    __table__ = "rows"
"# => "
        User table=? SQLAlchemy user-class login
        id: Integer pk, email: Text
        Note table=? SQLAlchemy
        id: Integer pk, keeper: Integer -> User.id
        owner keeper by foreign key
    ";
    models accounts_of_users: r#"
from sqlmodel import SQLModel, Field
class User(SQLModel, table=True):
    id: str = Field(primary_key=True)
    email: str
class Account(SQLModel, table=True):
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="user.id")
    password: str | None
"# => "
        User table=user SQLModel user-class user-table login
        id: str pk, email: str
        Account table=account SQLModel
        id: str pk, user_id: str -> User.id, password: str | None null
        owner user_id by foreign key
    ";
    models base_that_was_not_given: r#"
from somewhere import Base
from sqlalchemy import Column, Integer
class Task(Base):
    __tablename__ = "tasks"
    id = Column(Integer, primary_key=True)
    created_by_id = Column(Integer)
"# => "
        Task table=tasks SQLAlchemy
        id: Integer pk, created_by_id: Integer
        owner created_by_id by user name
    ";
    models imperative_tables: r#"
from sqlalchemy import Table, Column, Integer, String, MetaData, ForeignKey, ForeignKeyConstraint
metadata = MetaData()
users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("email", String, unique=True))
notes = Table(
    "notes", metadata,
    Column("id", Integer, primary_key=True),
    Column("user", Integer, ForeignKey("users.id")),
    Column("editor", Integer),
    ForeignKeyConstraint(["editor"], ["users.id"]),
)
"# => "
        users table=users SQLAlchemy user-table login
        id: Integer pk, email: String unique
        notes table=notes SQLAlchemy
        id: Integer pk, user: Integer -> users.id, editor: Integer -> users.id
        owner user by foreign key
        owner editor by foreign key
    ";
    models migrations_where_nothing_else_is: r#"
import sqlalchemy as sa
from alembic import op
def upgrade():
    op.create_table("posts", sa.Column("id", sa.Integer, primary_key=True), sa.Column("author_id", sa.Integer, sa.ForeignKey("users.id")))
"# => "
        posts table=posts SQLAlchemy
        id: sqlalchemy.Integer pk, author_id: sqlalchemy.Integer -> ?.id
        owner author_id by user name
    ";
    models tortoise_models: r#"
from tortoise import fields, models
class Abstract(models.Model):
    id = fields.IntField(pk=True)
    class Meta:
        abstract = True
class User(Abstract):
    email = fields.CharField(max_length=100, unique=True)
    password_hash = fields.CharField(max_length=128)
class Note(Abstract):
    title = fields.CharField(max_length=9, null=True)
    author = fields.ForeignKeyField("models.User", related_name="notes")
    tags = fields.ManyToManyField("models.Tag")
    class Meta:
        table = "note_rows"
class Tag(Abstract):
    name = fields.TextField()
"# => "
        User table=user Tortoise ORM user-class user-table password login
        email: CharField unique, password_hash: CharField, id: IntField pk
        Note table=note_rows Tortoise ORM
        title: CharField null, author_id -> User.?, id: IntField pk
        relationship author one User back notes
        relationship tags many Tag
        owner author_id by foreign key
        Tag table=tag Tortoise ORM
        name: TextField, id: IntField pk
    ";
    models beanie_documents: r#"
from typing import Annotated, Optional
from beanie import Document, Indexed, Link
class User(Document):
    email: Indexed(str, unique=True)
    password: str
    class Settings:
        name = "people"
class Task(Document):
    owner: Link[User]
    org_id: Optional[str] = None
"# => "
        User table=people Beanie user-class password login
        email: Indexed(str, unique=True) unique, password: str, id pk
        Task table=Task Beanie
        owner: Link[User] -> User.?, org_id: Optional[str] null, id pk
        owner owner by foreign key
        owner org_id by group name
    ";
    models odmantic_models: r#"
from odmantic import Model, Reference, Field
class Author(Model):
    username: str
    password: str
    model_config = {"collection": "authors"}
class Book(Model):
    title: str = Field(unique=True)
    written_by: Author = Reference()
"# => "
        Author table=authors ODMantic password login
        username: str, password: str, id pk
        Book table=book ODMantic
        title: str unique, written_by: Author -> Author.?, id pk
        owner written_by by foreign key
    ";
    models mongoengine_documents: r#"
from mongoengine import Document, StringField, ReferenceField
class User(Document):
    email = StringField(required=True, unique=True)
    password = StringField()
class Task(Document):
    meta = {"collection": "todo"}
    owner = ReferenceField(User, required=True)
"# => "
        User table=user MongoEngine user-class user-table password login
        email: StringField unique, password: StringField, id pk
        Task table=todo MongoEngine
        owner: User -> User.?, id pk
        owner owner by foreign key
    ";
    models created_in_sql: r#"
import sqlite3
def init(db):
    db.execute("""
        CREATE TABLE IF NOT EXISTS users (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            username TEXT UNIQUE NOT NULL,
            password TEXT NOT NULL
        )""")
    db.execute("create table orders (id int primary key, buyer int not null, foreign key (buyer) references users (id))")
"# => "
        users table=users SQL user-table password login
        id: INTEGER pk, username: TEXT unique, password: TEXT
        orders table=orders SQL
        id: int pk, buyer: int -> users.id
        owner buyer by foreign key
    ";
    models user_library_bases: r#"
from fastapi_users.db import SQLAlchemyBaseUserTableUUID
from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID as Base2
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase): pass
class Person(Base2, Base):
    __tablename__ = "person"
"# => "
        Person table=person SQLAlchemy user-base password login
        id pk, email unique, hashed_password, is_active, is_superuser, is_verified
    ";
    models parents: r#"
from sqlmodel import SQLModel, Field
class User(SQLModel, table=True):
    id: int = Field(primary_key=True)
    email: str
class Offer(SQLModel, table=True):
    id: int = Field(primary_key=True)
    seller_ref: int = Field(foreign_key="user.id")
class Picture(SQLModel, table=True):
    id: int = Field(primary_key=True)
    offer_id: int = Field(foreign_key="offer.id")
class Comment(SQLModel, table=True):
    id: int = Field(primary_key=True)
    picture_id: int
"# => "
        User table=user SQLModel user-class user-table login
        id: int pk, email: str
        Offer table=offer SQLModel
        id: int pk, seller_ref: int -> User.id
        owner seller_ref by foreign key
        Picture table=picture SQLModel
        id: int pk, offer_id: int -> Offer.id
        parent Offer of offer_id
        Comment table=comment SQLModel
        id: int pk, picture_id: int
        parent Picture of picture_id by name
    ";
    models nearest_of_two_trees: r#"
#- phase_1/models.py
from sqlmodel import SQLModel, Field
class User(SQLModel, table=True):
    id: int = Field(primary_key=True)
    email: str
class Task(SQLModel, table=True):
    id: int = Field(primary_key=True)
    uid: int = Field(foreign_key="user.id")
#- phase_2/models.py
from sqlmodel import SQLModel, Field
class User(SQLModel, table=True):
    id: int = Field(primary_key=True)
class Task(SQLModel, table=True):
    id: int = Field(primary_key=True)
    email: str
    uid: int = Field(foreign_key="user.id")
"# => "
        User table=user SQLModel user-class user-table login
        id: int pk, email: str
        Task table=task SQLModel
        id: int pk, uid: int -> User.id
        owner uid by foreign key
        User table=user SQLModel user-class user-table
        id: int pk
        Task table=task SQLModel
        id: int pk, email: str, uid: int -> User.id
        owner uid by foreign key
    ";
    models tenants: r#"
from sqlmodel import SQLModel, Field
class Project(SQLModel, table=True):
    id: int = Field(primary_key=True)
    tenant_id: int
    createdBy: str
"# => "
        Project table=project SQLModel
        id: int pk, tenant_id: int, createdBy: str
        owner createdBy by user name
        owner tenant_id by group name
    ";
    models collections_by_use: r#"
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel
client = AsyncIOMotorClient(URL)
db = client["app"]
class Todo(BaseModel):
    title: str
    done: bool = False
async def create(todo: Todo, user):
    await db["todos"].insert_one({**todo.model_dump(), "user_email": user["email"]})
async def listed(email):
    return await db["todos"].find({"user_email": email}).to_list(10)
"# => "
        todos table=todos MongoDB
        title: str, done: bool, user_email
        owner user_email by user name
    ";
    models odd_shapes: r#"
from sqlmodel import SQLModel, Field
from sqlalchemy import Column, Table
class A(A, table=True): x: int
class B(SQLModel, table=True):
    id = Column()
    y: "
class C(C2): pass
class C2(C): __tablename__ = 3
Table()
Table("t")
class D(SQLModel, table=
"# => "
        B table=b SQLModel
        id
        C2 table=? SQLAlchemy
        t table=t SQLAlchemy
    ";
    schemas pydantic_schemas: r#"
from pydantic import BaseModel, ConfigDict, Field
class Base(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)
    title: str
class Create(Base):
    owner_id: int | None = None
    tags: list[str] = Field(default_factory=list)
    kind: str = Field(..., alias="type")
class Loose(BaseModel):
    class Config:
        extra = "allow"
class Loud(BaseModel, extra="allow"):
    x: int
"# => "
        Base title: str extra=forbid
        Create owner_id?: int | None, tags?: list[str], kind: str, title: str extra=forbid
        Loose  extra=allow
        Loud x: int extra=allow
    ";
    schemas sqlmodel_schemas: r#"
from sqlmodel import SQLModel, Field, Relationship
from fastapi_users import schemas
class TaskBase(SQLModel):
    title: str = Field(max_length=9)
class TaskUpdate(TaskBase):
    title: str | None = None
class UserCreate(schemas.BaseUserCreate):
    name: str
"# => "
        TaskBase title: str
        TaskUpdate title?: str | None
        UserCreate name: str
    ";
}

#[test]
fn owner_fields_of_the_settings() {
    let project = show::project(
        "from sqlmodel import SQLModel, Field\nclass Note(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n    keeper_ref: str\n",
    );
    let settings = facts::settings::Settings {
        owner_fields: vec!["keeperRef".to_owned()],
        ..Default::default()
    };
    let facts = facts::Facts::with_settings(&project, settings);
    let (_, note) = facts.data().models.all().next().expect("there is a model");
    assert_eq!(note.owners[0].column, "keeper_ref");
    assert_eq!(note.owners[0].reason, facts::models::OwnerReason::Setting);
}
