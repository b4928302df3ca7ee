//! Queries of small projects, as lines of text.

mod show;

use show::{lines, queries};

macro_rules! finds {
    ($($name:ident: $code:expr => $expected:expr;)*) => {
        $(#[test] fn $name() { assert_eq!(lines(&queries(&with_models($code))), lines($expected)); })*
    };
}

/// The code beside `models.py`, or a file of models of its own.
fn with_models(code: &str) -> String {
    let models = match code.contains("#- models.py") {
        true => "",
        false => MODELS,
    };
    format!("{code}\n{models}")
}

const MODELS: &str = r#"
#- models.py
from sqlmodel import SQLModel, Field, Relationship
class User(SQLModel, table=True):
    id: int = Field(primary_key=True)
    email: str
    hashed_password: str
    tasks: list["Task"] = Relationship(back_populates="owner")
class Project(SQLModel, table=True):
    id: int = Field(primary_key=True)
    owner_id: int = Field(foreign_key="user.id")
class Task(SQLModel, table=True):
    id: int = Field(primary_key=True)
    title: str
    done: bool
    user_id: int = Field(foreign_key="user.id")
    project_id: int = Field(foreign_key="project.id")
    owner: User = Relationship(back_populates="tasks")
    project: Project = Relationship()
class TaskCreate(SQLModel):
    title: str
"#;

finds! {
    select_with_commas: r#"
from sqlmodel import Session, select
from models import Task
def f(session: Session, user, id):
    return session.exec(select(Task).where(Task.id == id, Task.user_id == user.id)).first()
"# => "ReadOne Task where Task.id == id, Task.user_id == user.id [First]";
    chained_where: r#"
from sqlmodel import Session, select
from models import Task
def f(session: Session, user):
    statement = select(Task)
    statement = statement.where(Task.user_id == user.id).order_by(Task.id).limit(5)
    return session.exec(statement).all()
"# => "ReadMany Task where Task.user_id == user.id ordered limited [All]";
    conditional_building: r#"
from sqlmodel import Session, select
from models import Task
def f(session: Session, user, done=None):
    statement = select(Task).where(Task.user_id == user.id)
    if done is not None:
        statement = statement.where(Task.done == done)
    return session.exec(statement).all()
"# => "ReadMany Task where Task.user_id == user.id, ?Task.done == done [All]";
    owner_filter_on_one_way: r#"
from sqlmodel import Session, select
from models import Task
def f(session: Session, user):
    statement = select(Task)
    if not user.is_superuser:
        statement = statement.where(Task.user_id == user.id)
    return session.exec(statement).all()
"# => "ReadMany Task where ?Task.user_id == user.id [All]";
    two_statements: r#"
from sqlmodel import Session, select, func
from models import Task
def f(session: Session, user):
    if user.is_superuser:
        statement = select(Task)
    else:
        statement = select(Task).where(Task.user_id == user.id)
    return session.exec(statement).all()
"# => "
        ReadMany Task [All]
        ReadMany Task where Task.user_id == user.id [All]
    ";
    both_branches_filter: r#"
from sqlmodel import Session, select
from models import Task
def f(session: Session, user, x):
    s = select(Task)
    if x:
        s = s.where(Task.user_id == user.id)
    else:
        s = s.where(Task.user_id == user.id).limit(3)
    return session.exec(s).all()
"# => "ReadMany Task where Task.user_id == user.id limited [All]";
    and_or_not: r#"
import sqlalchemy as sa
from sqlalchemy import select, and_, or_, not_
from sqlalchemy.orm import Session
from models import Task
def f(db: Session, u):
    db.execute(select(Task).where(and_(Task.user_id == u, Task.done == True))).scalars().all()
    db.execute(select(Task).where(or_(Task.user_id == u, Task.done))).scalars().all()
    db.execute(select(Task).where((Task.user_id == u) & (Task.id > 3) | ~(Task.done == True))).scalars().all()
    db.execute(select(Task).where(sa.not_(Task.done))).scalars().all()
"# => "
        ReadMany Task where (Task.user_id == u & Task.done == True) [All]
        ReadMany Task where (Task.user_id == u | Task.done) [All]
        ReadMany Task where ((Task.user_id == u & Task.id > 3) | ~Task.done == True) [All]
        ReadMany Task where ~(Task.done) [All]
    ";
    python_booleans: r#"
from sqlmodel import Session, select
from models import Task
def f(s: Session, u, ids):
    s.exec(select(Task).where(Task.id == 1 and Task.user_id == u)).all()
    s.exec(select(Task).where(Task.id == 1 or Task.user_id == u)).all()
    s.exec(select(Task).where(not Task.done)).all()
    s.exec(select(Task).where(Task.project_id is None)).all()
    s.exec(select(Task).where(Task.id in ids)).all()
    s.exec(select(Task).where(1 < Task.id < 3)).all()
    s.exec(select(Task).where(u and True)).all()
"# => "
        ReadMany Task where python and (Task.id == 1; Task.user_id == u) [All]
        ReadMany Task where python or (Task.id == 1; Task.user_id == u) [All]
        ReadMany Task where python not (Task.done) [All]
        ReadMany Task where python is (Task.project_id is null) [All]
        ReadMany Task where python in (Task.id in ids) [All]
        ReadMany Task where python chain (Task.id > 1; Task.id < 3) [All]
        ReadMany Task where unresolved NotAColumn [All]
    ";
    column_methods: r#"
from sqlmodel import Session, select, col
from sqlalchemy import func
from models import Task, User
def f(s: Session, ids, q):
    s.exec(select(Task).where(col(Task.id).in_(ids), Task.project_id.is_(None), Task.title.ilike(f"%{q}%"))).all()
    s.exec(select(User).where(func.lower(User.email) == q.lower())).one_or_none()
    s.exec(select(Task).where(Task.project_id != None, ids == Task.id)).all()
"# => "
        ReadMany Task where Task.id in ids, Task.project_id is null, Task.title like f\"%{q}%\" [All]
        ReadOne User where User.email == q.lower() [One]
        ReadMany Task where Task.project_id is not null, Task.id == ids [All]
    ";
    classic_query: r#"
from sqlalchemy.orm import Session
from models import Task
def f(db: Session, u, id):
    db.query(Task).filter(Task.id == id, Task.user_id == u).first()
    db.query(Task).filter(Task.id == id).filter_by(user_id=u).all()
    db.query(Task).get(id)
    db.query(Task).filter_by(id=id).one_or_none()
    db.query(Task).count()
"# => "
        ReadOne Task where Task.id == id, Task.user_id == u [First]
        ReadMany Task where Task.id == id, user_id == u [All]
        ReadOne Task where id == id [One]
        ReadOne Task where id == id [One]
        Count Task [Count]
    ";
    session_from_maker: r#"
from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from models import Task
Local = sessionmaker(bind=create_engine(URL))
def get_db():
    db = Local()
    try:
        yield db
    finally:
        db.close()
def f(db=Depends(get_db)):
    return db.query(Task).all()
"# => "ReadMany Task [All]";
    session_of_unknown_type: r#"
from models import Task
def f(db, id):
    task = db.query(Task).filter(Task.id == id).first()
    db.delete(task)
    db.commit()
"# => "
        ReadOne Task where Task.id == id [First]
        Delete Task of task
    ";
    bulk_writes: r#"
from sqlalchemy.orm import Session
from models import Task
def f(db: Session, u, body):
    db.query(Task).filter(Task.user_id == u).delete()
    db.query(Task).filter(Task.id == 1).update({"title": body.title}, synchronize_session=False)
    db.query(Task).filter(Task.id == 1).update(body.dict(exclude={"id"}))
"# => "
        Delete Task where Task.user_id == u
        Update Task where Task.id == 1 set title=body.title
        Update Task where Task.id == 1 set **body without id
    ";
    query_kept_in_a_name: r#"
from sqlalchemy.orm import Session
from models import Task
def f(db: Session, id, data):
    query = db.query(Task).filter(Task.id == id)
    task = query.first()
    if task is None:
        raise E
    query.update(data.dict(), synchronize_session=False)
    db.commit()
    return query.first()
"# => "
        ReadOne Task where Task.id == id [First]
        Update Task where Task.id == id set **data
        ReadOne Task where Task.id == id [First]
    ";
    statements_that_write: r#"
from sqlalchemy import update, delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from models import Task
async def f(db: AsyncSession, u, body):
    await db.execute(update(Task).where(Task.id == 1, Task.user_id == u).values(title=body.title))
    await db.execute(delete(Task).where(Task.user_id == u))
    await db.execute(insert(Task).values(**body.model_dump(), user_id=u).returning(Task))
    await db.execute(insert(Task).values({"title": "x", "user_id": u}))
"# => "
        Update Task where Task.id == 1, Task.user_id == u set title=body.title
        Delete Task where Task.user_id == u
        Insert Task set **body, user_id=u
        Insert Task set title=\"x\", user_id=u
    ";
    session_get_add_delete: r#"
from sqlmodel import Session
from models import Task, TaskCreate
def f(s: Session, id, body: TaskCreate, u):
    task = s.get(Task, id)
    s.delete(task)
    new = Task(**body.model_dump(), user_id=u)
    s.add(new)
    s.refresh(new)
    task.title = "x"
    s.add(task)
    s.merge(task)
"# => "
        ReadOne Task where id == id
        Delete Task of task
        Insert Task of new
        Refresh Task of new
        Update Task of task
        Update Task of task
    ";
    async_results: r#"
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from models import Task
async def f(db: AsyncSession, id):
    result = await db.execute(select(Task).where(Task.id == id))
    return result.scalar_one_or_none()
async def g(db: AsyncSession):
    rows = (await db.scalars(select(Task).order_by(Task.id.desc()))).unique().all()
    return await db.scalar(select(Task).limit(1))
"# => "
        ReadOne Task where Task.id == id [One]
        ReadMany Task ordered [All]
        ReadOne Task limited
    ";
    counts: r#"
from sqlmodel import Session, select, func
from models import Task
def f(s: Session, u):
    s.exec(select(func.count()).select_from(Task).where(Task.user_id == u)).one()
    s.exec(select(func.count(Task.id)).where(Task.user_id == u)).one()
    base = select(Task).where(Task.user_id == u)
    total = s.exec(select(func.count()).select_from(base.subquery())).one()
    return s.exec(base.offset(3).limit(4)).all(), total
"# => "
        Count Task where Task.user_id == u [One]
        Count Task where Task.user_id == u [One]
        Count Task where Task.user_id == u [One]
        ReadMany Task where Task.user_id == u limited [All]
    ";
    joins: r#"
from sqlmodel import Session, select
from models import Task, Project
def f(s: Session, u):
    s.exec(select(Task).join(Project).where(Project.owner_id == u)).all()
    s.exec(select(Task, Project).join(Project, Task.project_id == Project.id).where(Project.owner_id == u)).all()
    s.exec(select(Task).join(Task.project).where(Project.owner_id == u)).all()
"# => "
        ReadMany Task where Project.owner_id == u join Project [All]
        ReadMany Task, Project where Project.owner_id == u join Project on Task.project_id == column Project.id [All]
        ReadMany Task where Project.owner_id == u join Project [All]
    ";
    subqueries: r#"
from sqlmodel import Session, select
from sqlalchemy import exists
from models import Task, Project
def f(s: Session, u):
    mine = select(Project.id).where(Project.owner_id == u)
    s.exec(select(Task).where(Task.project_id.in_(mine))).all()
    s.exec(select(Task).where(Task.project.has(Project.owner_id == u))).all()
    s.exec(select(Task).where(exists().where(Project.id == Task.project_id, Project.owner_id == u))).all()
    s.exec(select(Task).where(select(Project).where(Project.owner_id == u).exists())).all()
"# => "
        ReadMany Task where Task.project_id in [Project where Project.owner_id == u] [All]
        ReadMany Task where exists [Project where Project.owner_id == u] [All]
        ReadMany Task where exists [ where Project.id == column Task.project_id, Project.owner_id == u] [All]
        ReadMany Task where exists [Project where Project.owner_id == u] [All]
    ";
    lists_of_conditions: r#"
from sqlmodel import Session, select
from sqlalchemy import and_
from models import Task
def f(s: Session, u, done):
    filters = [Task.user_id == u]
    if done:
        filters.append(Task.done == done)
    s.exec(select(Task).where(*filters)).all()
    s.exec(select(Task).where(and_(*filters))).all()
def g(s: Session, filters):
    s.exec(select(Task).where(*filters)).all()
"# => "
        ReadMany Task where Task.user_id == u, ?Task.done == done [All]
        ReadMany Task where (Task.user_id == u & one of (Task.done == done; always)) [All]
        ReadMany Task where unresolved Spread [All]
    ";
    conditions_in_names: r#"
from sqlmodel import Session, select
from models import Task
def mine(u):
    return Task.user_id == u
def f(s: Session, u, x):
    owned = Task.user_id == u
    s.exec(select(Task).where(owned)).all()
    s.exec(select(Task).where(mine(u.id))).all()
    if x:
        owned = owned & (Task.done == True)
    s.exec(select(Task).where(owned)).all()
    c = Task.user_id == u
    c &= Task.done == True
    s.exec(select(Task).where(c)).all()
    s.exec(select(Task).where(Task.user_id == u if x else True)).all()
"# => "
        ReadMany Task where Task.user_id == u [All]
        ReadMany Task where Task.user_id == u.id [All]
        ReadMany Task where one of (Task.user_id == u; (Task.user_id == u & Task.done == True)) [All]
        ReadMany Task where (Task.user_id == u & Task.done == True) [All]
        ReadMany Task where one of (Task.user_id == u; always) [All]
    ";
    keyword_dictionaries: r#"
from sqlalchemy.orm import Session
from models import Task
def f(db: Session, u, status=None):
    filters = {"user_id": u}
    if status:
        filters["done"] = status
    db.query(Task).filter_by(**filters).all()
def g(db: Session, **filters):
    db.query(Task).filter_by(**filters).all()
"# => "
        ReadMany Task where user_id == u, ?done == status [All]
        ReadMany Task where unresolved Spread [All]
    ";
    relationships_are_read: r#"
from typing import Annotated
from fastapi import Depends
from sqlmodel import Session
from models import User, Task
def current() -> User: ...
CurrentUser = Annotated[User, Depends(current)]
def f(user: CurrentUser):
    return user.tasks
def g(s: Session, id):
    task = s.get(Task, id)
    return task.owner.email
"# => "
        ReadMany Task by .tasks of user
        ReadOne Task where id == id
        ReadOne User by .owner of task
    ";
    loads: r#"
from sqlalchemy.orm import selectinload
from sqlmodel import Session, select
from models import Task, User
def f(s: Session, u):
    return s.exec(select(User).options(selectinload(User.tasks)).where(User.id == u)).first()
"# => "ReadOne User where User.id == u [First]";
    services: r#"
from sqlmodel import Session, select
from models import Task
class TaskService:
    def __init__(self, session: Session, user_id: int):
        self.session = session
        self.user_id = user_id
    def _base(self):
        return select(Task).where(Task.user_id == self.user_id)
    def all(self):
        return self.session.exec(self._base()).all()
    def one(self, id):
        return self.session.exec(self._base().where(Task.id == id)).first()
"# => "
        ReadMany Task where Task.user_id == self.user_id [All]
        ReadOne Task where Task.user_id == self.user_id, Task.id == id [First]
    ";
    helpers_that_run_statements: r#"
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Select
from models import Task
class Repository:
    def __init__(self, session: AsyncSession):
        self.session = session
    async def _all(self, query: Select):
        rows = await self.session.scalars(query)
        return rows.all()
    async def by_user(self, user_id):
        query = select(Task).where(Task.user_id == user_id)
        return await self._all(query)
    async def everything(self):
        return await self._all(select(Task))
"# => "
        ReadMany Task where Task.user_id == user_id [All]
        ReadMany Task [All]
    ";
    helpers_that_add_conditions: r#"
from sqlmodel import Session, select
from models import Task
def owned(statement, user_id):
    return statement.where(Task.user_id == user_id)
def f(s: Session, user):
    return s.exec(owned(select(Task), user.id)).all()
"# => "ReadMany Task where Task.user_id == user.id [All]";
    generic_repositories: r#"
from typing import Generic, TypeVar
from sqlalchemy import select
from sqlalchemy.orm import Session
from models import Task, Project
T = TypeVar("T")
class Base(Generic[T]):
    def __init__(self, model: type[T], db: Session):
        self.model = model
        self.db = db
    def get(self, id):
        return self.db.query(self.model).filter(self.model.id == id).first()
    def by(self, field, value):
        return self.db.execute(select(self.model).where(getattr(self.model, field) == value)).scalars().all()
    def create(self, data):
        return self.db.add(self.model(**data))
class Tasks(Base[Task]):
    pass
class Projects(Base[Project]):
    pass
"# => "
        ReadOne one of Task|Project where one of Task|Project.id == id [First]
        ReadMany one of Task|Project where one of Task|Project.? == value [All]
        Insert one of Task|Project of self.model(**data)
    ";
    repositories_with_class_attribute: r#"
from sqlalchemy import select
from models import Task
class Base:
    model = None
    async def all(self, session):
        result = await session.execute(select(self.model))
        return result.scalars().all()
class Tasks(Base):
    model = Task
"# => "ReadMany one of Task [All]";
    constructed_repositories: r#"
from models import Task, Project
class Crud:
    def __init__(self, model):
        self.model = model
    def get(self, db, id):
        return db.query(self.model).filter(self.model.id == id).first()
crud_task = Crud(Task)
crud_project = Crud(Project)
"# => "ReadOne one of Task|Project where one of Task|Project.id == id [First]";
    generic_without_users: r#"
from sqlalchemy.orm import Session
class Crud:
    def __init__(self, model, db: Session):
        self.model = model
    def get(self, db: Session, id):
        return db.query(self.model).filter(self.model.id == id).first()
"# => "ReadOne unknown(self.model, Generic) where unknown(self.model, Generic).id == id [First]";
    models_that_were_not_given: r#"
from sqlalchemy import select
from sqlalchemy.orm import Session
from elsewhere import Thing
def f(db: Session):
    db.execute(select(Thing).where(Thing.owner_id == 1)).all()
"# => "ReadMany unknown(Thing, NotFollowed) where unknown(Thing, NotFollowed).owner_id == 1 [All]";
    active_record: r#"
from sqlmodel import SQLModel, Session, select
class Record(SQLModel):
    @classmethod
    def by_id(cls, s: Session, id):
        return s.exec(select(cls).where(cls.id == id)).first()
#- models.py
from main import Record
class Note(Record, table=True):
    id: int
"# => "ReadOne one of Note where one of Note.id == id [First]";
    statements_never_run: r#"
from sqlmodel import select
from fastapi_pagination.ext.sqlmodel import paginate
from models import Task
def f(s, u):
    return paginate(s, select(Task).where(Task.user_id == u))
"# => "ReadMany Task where Task.user_id == u";
    imperative_tables: r#"
from databases import Database
from models import notes
database = Database(URL)
async def f(id, u):
    await database.fetch_one(notes.select().where(notes.c.id == id))
    query = notes.insert().values(text="x", owner=u)
    await database.execute(query=query)
    await database.execute(notes.delete().where(notes.c["owner"] == u))
#- models.py
from sqlalchemy import Table, Column, Integer, MetaData
notes = Table("notes", MetaData(), Column("id", Integer, primary_key=True), Column("owner", Integer))
"# => "
        ReadOne notes where notes.id == id
        Insert notes set text=\"x\", owner=u
        Delete notes where notes.owner == u
    ";
    tortoise_forms: r#"
from tortoise.expressions import Q
from models import Note
async def f(user, id, body):
    await Note.filter(id=id, user_id=user.id).first()
    await Note.get(id=id)
    await Note.get_or_none(id=id, author=user)
    await Note.all().order_by("id").limit(3)
    await Note.filter(Q(user_id=user.id) | Q(public=True))
    await Note.filter(id__in=[1], author__email=user.email).exclude(title__contains="x").count()
    await Note.create(**body.dict(), user_id=user.id)
    await Note.filter(id=id).update(title="x")
    await Note.filter(id=id).delete()
    note = await Note.get(id=id)
    await note.delete()
    note.title = "y"
    await note.save()
#- models.py
from tortoise import fields, models
class Note(models.Model):
    id = fields.IntField(pk=True)
    title = fields.TextField()
"# => "
        ReadOne Note where id == id, user_id == user.id [First]
        ReadOne Note where id == id
        ReadOne Note where id == id, author == user
        ReadMany Note ordered limited
        ReadMany Note where (user_id == user.id | public == True)
        Count Note where id in [1], author.email == user.email, ~title like \"x\" [Count]
        Insert Note set **body, user_id=user.id
        Update Note where id == id set title=\"x\"
        Delete Note where id == id
        ReadOne Note where id == id
        Delete Note of note
        Save Note of note
    ";
    beanie_forms: r#"
from beanie.operators import In, Or
from models import Task
async def f(user, id, body):
    await Task.find(Task.owner == user.id, Task.done == True).sort(-Task.id).to_list()
    await Task.find_one(Task.id == id, {"owner": user.id})
    await Task.get(id)
    await Task.find({"owner": user.id, "tags.name": {"$in": ["a"]}}).count()
    await Task.find(Or(Task.owner == user.id, In(Task.id, [1]))).first_or_none()
    await Task.find_one(Task.id == id).delete()
    await Task.find_one(Task.id == id).update({"$set": {"done": True, "title": body.title}})
    task = Task(**body.dict(), owner=user.id)
    await task.insert()
    found = await Task.get(id)
    await found.set({Task.title: "x"})
    await found.delete()
#- models.py
from beanie import Document
class Task(Document):
    owner: str
    title: str
    done: bool
"# => "
        ReadMany Task where Task.owner == user.id, Task.done == True ordered [All]
        ReadOne Task where Task.id == id, owner == user.id
        ReadOne Task where id == id
        Count Task where owner == user.id, tags.name in [\"a\"] [Count]
        ReadOne Task where (Task.owner == user.id | Task.id in [1]) [First]
        Delete Task where Task.id == id
        Update Task where Task.id == id set done=True, title=body.title
        Insert Task of task
        ReadOne Task where id == id
        Update Task of found set title=\"x\"
        Delete Task of found
    ";
    odmantic_forms: r#"
from odmantic import AIOEngine
from models import Book
engine = AIOEngine()
async def f(user, id, body):
    await engine.find(Book, Book.owner == user.id, sort=Book.id)
    await engine.find_one(Book, Book.id == id, Book.owner == user.id)
    book = Book(**body.dict())
    await engine.save(book)
    await engine.delete(book)
#- models.py
from odmantic import Model
class Book(Model):
    owner: str
"# => "
        ReadMany Book where Book.owner == user.id
        ReadOne Book where Book.id == id, Book.owner == user.id
        Insert Book of book
        Delete Book of book
    ";
    mongoengine_forms: r#"
from models import Task
def f(user, id):
    Task.objects(owner=user, id=id).first()
    Task.objects.get(id=id)
    Task.objects.filter(owner=user).delete()
    task = Task.objects(id=id).first()
    task.delete()
#- models.py
from mongoengine import Document, StringField
class Task(Document):
    owner = StringField()
"# => "
        ReadOne Task where owner == user, id == id [First]
        ReadOne Task where id == id
        Delete Task where owner == user
        ReadOne Task where id == id [First]
        Delete Task of task
    ";
    motor_forms: r#"
from motor.motor_asyncio import AsyncIOMotorClient
client = AsyncIOMotorClient(URL)
db = client["app"]
TODOS = db["todos"]
async def f(user, id, body, page):
    await TODOS.find_one({"_id": id, "user_id": user["id"]})
    await db.todos.find({"metadata.owner_email": user["email"]}).sort("x").limit(3).to_list(None)
    await db["todos"].update_one({"_id": id}, {"$set": {"title": body.title, "user_id": user["id"]}})
    await db["todos"].delete_many({"user_id": user["id"], "age": {"$gt": 3, "$lt": 9}})
    await db["todos"].insert_one({"title": body.title, "user_id": user["id"]})
    await db["todos"].count_documents({"$or": [{"user_id": user["id"]}, {"public": True}]})
    db.get_collection("todos").aggregate([{"$match": {"user_id": user["id"]}}, {"$limit": 3}])
    query = {"user_id": user["id"]}
    if page:
        query["page"] = page
    TODOS.find(query)
    TODOS.find()
"# => "
        ReadOne todos where _id == id, user_id == user[\"id\"]
        ReadMany todos where metadata.owner_email == user[\"email\"] ordered limited [All]
        Update todos where _id == id set title=body.title, user_id=user[\"id\"]
        Delete todos where user_id == user[\"id\"], (age > 3 & age < 9)
        Insert todos of {\"title\": body.title, \"user_id\": user[\"id\"]} set title=body.title, user_id=user[\"id\"]
        Count todos where (user_id == user[\"id\"] | public == True)
        ReadMany todos where user_id == user[\"id\"] limited
        ReadMany todos where user_id == user[\"id\"], ?page == page
        ReadMany todos
    ";
    mongo_of_unknown_type: r#"
async def f(request, id):
    await request.app.mongodb["tasks"].find_one({"_id": id})
    request.app.mongodb["tasks"].find({"a": 1})
    "text".find("x")
    name.find("x")
"# => "
        ReadOne tasks where _id == id
        ReadMany tasks where a == 1
    ";
    sql_drivers: r#"
import asyncpg, sqlite3, psycopg
async def a(conn: asyncpg.Connection, id, user):
    await conn.fetchrow("SELECT * FROM tasks WHERE id = $1 AND user_id = $2", id, user.id)
    await conn.execute("INSERT INTO tasks (title, user_id) VALUES ($1, $2)", "x", user.id)
def b(id, user):
    conn = sqlite3.connect("x")
    cursor = conn.cursor()
    cursor.execute("DELETE FROM tasks WHERE id = ? AND user_id = ?", (id, user.id))
    row = conn.execute("SELECT count(*) FROM tasks WHERE user_id = :uid", {"uid": user.id}).fetchone()
def c(id, user):
    with psycopg.connect(x) as conn:
        conn.execute("UPDATE tasks SET title = %s WHERE id = %s", ["t", id])
        conn.execute("SELECT * FROM tasks t JOIN projects p ON p.id = t.project_id WHERE p.owner_id = %(me)s LIMIT 3", {"me": user.id})
"# => "
        ReadOne tasks where tasks.id == id, tasks.user_id == user.id
        Insert tasks set title=\"x\", user_id=user.id
        Delete tasks where tasks.id == id, tasks.user_id == user.id
        Count tasks where tasks.user_id == user.id [First]
        Update tasks where tasks.id == id set title=\"t\"
        ReadMany tasks, projects where projects.owner_id == user.id join projects on projects.id == column tasks.project_id limited
    ";
    sql_in_sessions: r#"
from sqlalchemy import text
from sqlalchemy.orm import Session
from databases import Database
database = Database(URL)
async def f(db: Session, u, id, name):
    db.execute(text("SELECT * FROM task WHERE user_id = :uid"), {"uid": u}).fetchall()
    statement = text("SELECT * FROM task WHERE id = :id").bindparams(id=id)
    db.execute(statement).first()
    await database.fetch_all(query="SELECT * FROM task WHERE user_id = :u", values={"u": u})
    db.execute(f"SELECT * FROM task WHERE title = '{name}' OR user_id = {u}")
    db.execute("PRAGMA x")
"# => "
        ReadMany Task where Task.user_id == u [All]
        ReadOne Task where Task.id == id [First]
        ReadMany Task where Task.user_id == u
        ReadMany Task where (Task.title == name | Task.user_id == u)
    ";
    sql_that_grows: r#"
import sqlite3
def f(conn: sqlite3.Connection, user, done):
    sql = "SELECT * FROM tasks WHERE user_id = ?"
    params = [user.id]
    if done:
        sql += " AND done = ?"
        params.append(done)
    return conn.execute(sql, params).fetchall()
"# => "ReadMany tasks where tasks.user_id == user.id, ?tasks.done == done [All]";
    conditions_in_text: r#"
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from models import Task
def f(db: Session, u):
    db.execute(select(Task).where(text("user_id = :u"))).all()
"# => "ReadMany Task where user_id == unresolved NoValue [All]";
    library_repositories: r#"
from sqlalchemy_crud_plus import CRUDPlus
from models import Task
class CRUDTask(CRUDPlus[Task]):
    async def get(self, db, pk):
        return await self.select_model(db, pk)
    async def by_name(self, db, name):
        return await self.select_model_by_column(db, title=name)
    async def listed(self, db, u):
        filters = {"user_id": u}
        return await self.select_models(db, **filters)
    async def add(self, db, obj):
        await self.create_model(db, obj)
    async def change(self, db, pk, obj):
        return await self.update_model(db, pk, obj)
    async def remove(self, db, pks):
        return await self.delete_model_by_column(db, allow_multiple=True, id__in=pks)
"# => "
        ReadOne Task where id == pk
        ReadOne Task where title == name
        ReadMany Task where user_id == u
        Insert Task set **obj
        Update Task where id == pk set **obj
        Delete Task where id in pks
    ";
    aliases: r#"
from sqlmodel import Session, select as pick
import sqlalchemy.orm as orm
from sqlalchemy.orm import aliased
from models import Task as T
def f(s: Session, u):
    other = aliased(T)
    s.exec(pick(T).where(T.user_id == u)).all()
    s.exec(pick(other).where(other.user_id == u)).all()
"# => "
        ReadMany Task where Task.user_id == u [All]
        ReadMany Task where Task.user_id == u [All]
    ";
    in_loops: r#"
from sqlmodel import Session, select
from models import Task
def f(s: Session, u, filters):
    statement = select(Task).where(Task.user_id == u)
    for name, value in filters.items():
        statement = statement.where(getattr(Task, name) == value)
    for task in s.exec(statement):
        s.delete(task)
    [s.delete(t) for t in s.exec(select(Task)).all()]
"# => "
        ReadMany Task where Task.user_id == u, ?Task.? == value
        Delete Task of task
        Delete Task of t
        ReadMany Task [All]
    ";
    things_that_are_none: r#"
import jwt
cache = {}
def f(session, payload, items: set):
    payload.get("sub")
    session.get("/url")
    items.add(3)
    items.update([1])
    cache.get(1)
    jwt.decode("x").get("a")
    [1].count(1)
    path.exists()
    client.delete("/tasks/1").json()
    text.find("a")
    db.execute(thing)
    select(1)
"# => "";
    rows_kept_in_variables: r#"
notes = {}
orders = [{"id": 1, "buyer": "x"}]
def f(id, user):
    notes[id] = {"id": id, "owner": user.id}
    return notes[id]
def g(id):
    return notes.get(id)
def h(id, user):
    return next((o for o in orders if o["id"] == id and not o["buyer"] != user.id), None)
def i(id):
    del notes[id]
"# => r#"
        Insert notes of {"id": id, "owner": user.id} set id=id, owner=user.id
        ReadOne notes where id == id
        ReadOne orders where (id == id & buyer == user.id) [First]
        Delete notes where id == id
    "#;
    constants_are_no_data: r#"
from sqlalchemy import text
from sqlmodel import Session, select
def f(s: Session):
    s.exec(select(1))
    s.execute(text("SELECT 1"))
    s.execute(text("CREATE TRIGGER t BEFORE UPDATE ON task FOR EACH ROW EXECUTE PROCEDURE p()"))
"# => "";
    methods_of_the_project: r#"
from sqlmodel import Session
from models import Task
class Repository:
    def __init__(self, session: Session):
        self.session = session
    def delete(self, task: Task):
        self.session.delete(task)
class Service:
    def __init__(self, repository: Repository):
        self.repository = repository
    def remove(self, task: Task):
        self.repository.delete(task)
"# => "Delete Task of task";
    parameters_of_helpers: r#"
import sqlite3
def run(conn: sqlite3.Connection, query, params):
    return conn.execute(query, params).fetchall()
def f(conn: sqlite3.Connection, user, id):
    return run(conn, "SELECT * FROM notes WHERE id = ? AND user_id = ?", (id, user.id))
"# => "ReadMany notes where notes.id == id, notes.user_id == user.id [All]";
    collections_named_by_classes: r#"
from typing import ClassVar
from pydantic import BaseModel
class User(BaseModel):
    __collection__: ClassVar[str] = "people"
async def f(db, id):
    await db[User.__collection__].find_one({"_id": id})
"# => "ReadOne people where _id == id";
    odd_shapes: r#"
from sqlmodel import select, Session
from models import Task
def f(s: Session, a):
    s.exec()
    s.exec(select())
    s.get()
    s.get(Task)
    s.exec(select(Task).where()).all().all().first()
    select(Task).where(Task.id ==
def g(s: Session):
    q = q.where(q)
    s.exec(q).all()
    select(Task).where(select(Task).where(select(Task).where(x)))
"# => "
        ReadOne Task
        ReadOne Task [First]
        ReadMany Task
        ReadMany Task where exists [Task where exists [Task where unresolved NotUnderstood]]
    ";
}

/// Statements that grow in loops and helpers, and dictionaries that hold themselves, come to an end.
#[test]
fn loops_and_depth_end() {
    let helper = "def sort(q, names):\n    for n in names:\n        q = q.order_by(n)\n    return q\n";
    let shown = queries(&with_models(&format!(
        "from sqlmodel import Session, select\nfrom models import Task\n{helper}def f(s: Session, names, u):\n    \
         return s.exec(sort(select(Task), names).where(Task.user_id == u)).all()\n"
    )));
    assert_eq!(shown, "ReadMany Task where Task.user_id == u ordered [All]");
    let conditions: String = (0..200)
        .map(|n| format!("    if c{n}:\n        q = q.where(Task.id == {n})\n"))
        .collect();
    let long = format!("select(Task){}", ".where(Task.id == 1)".repeat(300));
    let nested = format!("{}x{}", "select(Task).where(".repeat(300), ")".repeat(300));
    let joined = format!("{}x{}", "and_(".repeat(300), ")".repeat(300));
    let shown = queries(&with_models(&format!(
        "from sqlmodel import Session, select, and_\nfrom models import Task\ndef f(s: Session):\n    q = select(Task)\n\
         {conditions}    s.exec(q).all()\n    s.exec({long}).all()\n    s.exec({nested}).all()\n    \
         s.exec(select(Task).where({joined})).all()\n    a = {{}}\n    while a:\n        a = {{**a, 'x': 1}}\n    \
         s.query(Task).filter_by(**a).all()\n"
    )));
    assert!(shown.lines().all(|line| line.starts_with("ReadMany Task")), "{shown}");
}
