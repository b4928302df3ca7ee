//! Rows that are made and changed in small projects, as lines of text.

mod show;

use show::{fills, lines};

macro_rules! finds {
    ($($name:ident: $code:expr => $expected:expr;)*) => {
        $(#[test] fn $name() { assert_eq!(lines(&fills(&format!("{}\n{MODELS}", $code))), lines($expected)); })*
    };
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
    constructions: r#"
from models import Task, TaskCreate
def f(body: TaskCreate, user):
    Task(**body.model_dump(), user_id=user.id)
    Task(title=body.title, user_id=user.id)
    Task.model_validate(body, update={"user_id": user.id})
    Task(**body.dict(exclude={"id", "user_id"}))
    Task(**{**body.dict(), "user_id": user.id})
    Task.from_orm(body)
    data = body.model_dump(exclude_unset=True)
    data["user_id"] = user.id
    Task(**data)
    Task(**body)
"# => "
        make Task: **body:TaskCreate, user_id=user.id
        make Task: title=body.title, user_id=user.id
        validate Task: **body:TaskCreate, user_id=user.id
        make Task: **body:TaskCreate without id+user_id
        make Task: **body:TaskCreate, user_id=user.id
        validate Task: **body:TaskCreate
        make Task: **body:TaskCreate, user_id=user.id
        make Task: **body:TaskCreate
    ";
    changes: r#"
from sqlmodel import Session
from models import Task, TaskCreate
def f(s: Session, id, body: TaskCreate, user):
    task = s.get(Task, id)
    task.user_id = user.id
    task.unrelated = 3
    for key, value in body.model_dump(exclude_unset=True).items():
        setattr(task, key, value)
    task.sqlmodel_update(body.model_dump(), update={"user_id": user.id})
    data = body.dict()
    for field in data:
        setattr(task, field, data[field])
    setattr(task, "title", body.title)
    other.title = 3
"# => "
        assign Task task: user_id=user.id
        setattr Task task: **body:TaskCreate
        update Task task: **body:TaskCreate, user_id=user.id
        setattr Task task: **body:TaskCreate
        setattr Task task: title=body.title
    ";
    taken_out: r#"
from models import Task, TaskCreate
def f(body: TaskCreate, user, admin):
    data = body.model_dump()
    data.pop("user_id", None)
    Task(**data)
    more = {"title": body.title}
    if admin:
        more["user_id"] = body.user_id
    Task(**more)
"# => "
        make Task: **body:TaskCreate without user_id
        make Task: title=body.title, ?user_id=body.user_id
    ";
    generic_repositories: r#"
from models import Task
class Base:
    def __init__(self, model):
        self.model = model
    def create(self, obj_in):
        return self.model(**obj_in.dict())
    def update(self, db_obj: Task, obj_in):
        for field in obj_in:
            setattr(db_obj, field, obj_in[field])
tasks = Base(Task)
"# => "
        make Task: **obj_in
        setattr Task db_obj: **obj_in
    ";
}
