//! What holds on one way through a function: rows that may be anybody's, and what was asked of the caller.

use syntax::ast::Name;
use text::Span;

use super::Exposure;
use super::values::Input;

/// What holds on one way.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct State {
    /// Accesses whose rows may be anybody's.
    pub(super) open: Vec<Open>,
    pub(super) closed: Vec<u32>,
    /// Rows of the caller that were asked for and may not be there: nobody has looked yet.
    pub(super) unproven: Vec<u32>,
    pub(super) is_privileged: bool,
    /// Inputs that were compared with the caller.
    pub(super) same: Vec<Input>,
    /// Open rows that were changed for good.
    pub(super) written: Vec<(u32, Exposure)>,
    /// Changes of any rows.
    pub(super) effects: Vec<(Span, bool)>,
    /// Names that are tested later, with how they would come out.
    pub(super) flags: Vec<(Name, bool)>,
    /// Nothing comes back from here.
    pub(super) is_dead: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Open {
    pub(super) access: u32,
    /// Something that is not understood may have judged it.
    pub(super) is_doubtful: bool,
    /// It is changed, and not yet committed.
    pub(super) touched: Option<Exposure>,
}

/// One way out of a function.
#[derive(Debug, Clone)]
pub(super) struct Exit {
    pub(super) state: State,
    pub(super) gives: Gives,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    Nothing,
    False,
    True,
    Something,
}

impl State {
    pub(super) fn join(mut self, other: &State) -> State {
        if self.is_dead {
            return other.clone();
        }
        if other.is_dead {
            return self;
        }
        for open in &other.open {
            match self.open.iter_mut().find(|known| known.access == open.access) {
                Some(known) => {
                    known.is_doubtful &= open.is_doubtful;
                    known.touched = known.touched.or(open.touched);
                }
                None => self.open.push(*open),
            }
        }
        let closed = |access: &u32| other.closed.contains(access);
        self.closed.retain(closed);
        for access in &other.unproven {
            if !self.unproven.contains(access) {
                self.unproven.push(*access);
            }
        }
        self.is_privileged &= other.is_privileged;
        self.same.retain(|input| other.same.contains(input));
        self.flags.retain(|flag| other.flags.contains(flag));
        for written in &other.written {
            if !self.written.contains(written) {
                self.written.push(*written);
            }
        }
        for effect in &other.effects {
            if !self.effects.contains(effect) {
                self.effects.push(*effect);
            }
        }
        self
    }

    pub(super) fn dead() -> State {
        State {
            is_dead: true,
            ..State::default()
        }
    }
}

pub(super) fn joined(states: impl IntoIterator<Item = State>) -> State {
    states
        .into_iter()
        .fold(State::dead(), |whole, state| whole.join(&state))
}
