//! Strict access to the counts of a JSON object.
use serde_json::{Map, Value};

use super::{TOKENS_MAX, UsageError};

/// A count with the field that it came from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Named {
    pub field: &'static str,
    pub count: u64,
}

/// A JSON object of counts. A missing object reads as one without fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts<'v> {
    pub fields: Option<&'v Map<String, Value>>,
}

impl<'v> Counts<'v> {
    /// The usage object, with or without the response around it.
    pub fn of_payload(payload: &'v Value) -> Result<Self, UsageError> {
        let outer = Self::of("usage", Some(payload))?;
        for wrapper in ["usage", "usageMetadata", "usage_metadata"] {
            let inner = outer.object(wrapper)?;
            if inner.fields.is_some() {
                return Ok(inner);
            }
        }
        Ok(outer)
    }

    fn of(field: &'static str, value: Option<&'v Value>) -> Result<Self, UsageError> {
        match value {
            None | Some(Value::Null) => Ok(Self { fields: None }),
            Some(Value::Object(fields)) => Ok(Self {
                fields: Some(fields),
            }),
            Some(other) => Err(UsageError::NotAnObject {
                field,
                found: kind_of(other),
            }),
        }
    }

    /// The object in a field.
    pub fn object(self, field: &'static str) -> Result<Self, UsageError> {
        Self::of(field, self.value(field))
    }

    /// The first of several fields that holds an object.
    pub fn first_object(self, fields: &[&'static str]) -> Result<Self, UsageError> {
        for field in fields {
            let found = self.object(field)?;
            if found.fields.is_some() {
                return Ok(found);
            }
        }
        Ok(Self { fields: None })
    }

    /// The value of a field, `null` being none.
    pub fn value(self, field: &str) -> Option<&'v Value> {
        self.fields?.get(field).filter(|value| !value.is_null())
    }

    /// The count in a field.
    pub fn get(self, field: &'static str) -> Result<Option<Named>, UsageError> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        count_of(field, value).map(|count| Some(Named { field, count }))
    }

    /// The count in a field; 0 without it.
    pub fn or_zero(self, field: &'static str) -> Result<Named, UsageError> {
        Ok(self.get(field)?.unwrap_or(Named { field, count: 0 }))
    }

    /// The count that several fields of this object may hold.
    pub fn any_of(self, fields: &[&'static str]) -> Result<Option<Named>, UsageError> {
        let mut found = None;
        for field in fields {
            found = agreeing(found, self.get(field)?)?;
        }
        Ok(found)
    }
}

/// One count that two places may report; where both do, they must say the same.
pub(super) fn agreeing(
    left: Option<Named>,
    right: Option<Named>,
) -> Result<Option<Named>, UsageError> {
    match (left, right) {
        (Some(left), Some(right)) if left.count != right.count => Err(UsageError::Disagree {
            left: left.field.to_owned(),
            left_count: left.count,
            right: right.field.to_owned(),
            right_count: right.count,
        }),
        (left, right) => Ok(left.or(right)),
    }
}

/// A value as a count.
pub(super) fn count_of(field: &str, value: &Value) -> Result<u64, UsageError> {
    let Some(count) = value.as_u64() else {
        let found = match value {
            Value::Number(number) => number.to_string(),
            other => kind_of(other).to_owned(),
        };
        return Err(UsageError::NotACount {
            field: shortened(field),
            found,
        });
    };
    if count > TOKENS_MAX {
        return Err(UsageError::TooLarge {
            field: shortened(field),
            count,
        });
    }
    Ok(count)
}

pub(super) fn shortened(field: &str) -> String {
    field.chars().take(100).collect()
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
