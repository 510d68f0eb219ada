//! One component: its lines, their exact sum, and the one rounding.
use crate::Component;
use crate::EstimateError;
use crate::Line;
use crate::PicoUsd;
use crate::PriceRow;
use crate::ResourceType;
use crate::UnixMillis;
use crate::flags::{Flag, Flags};
use crate::numbers::exact_sum::{ExactSum, Product};
use crate::rates::multiplier::Applied;

/// Adds lines to a component.
pub(crate) struct ComponentSum {
    component: Component,
    at: UnixMillis,
    exact: ExactSum,
    so_far: PicoUsd,
    pub any_priced: bool,
    pub any_unpriced: bool,
}

impl ComponentSum {
    /// Of a call at that moment.
    pub fn new(component: Component, at: UnixMillis) -> Self {
        Self {
            component,
            at,
            exact: ExactSum::default(),
            so_far: PicoUsd::ZERO,
            any_priced: false,
            any_unpriced: false,
        }
    }

    /// The component's cost: unknown where there was something and nothing has a price.
    pub fn cost(&self) -> Option<PicoUsd> {
        (self.any_priced || !self.any_unpriced).then_some(self.so_far)
    }

    /// A line with a rate. Nothing consumed is no line.
    pub fn priced(
        &mut self,
        resource: ResourceType,
        quantity: u64,
        row: &PriceRow,
        applied: Applied,
        flags: Flags,
        lines: &mut Vec<Line>,
    ) -> Result<(), EstimateError> {
        if quantity == 0 {
            return Ok(());
        }
        let product = Product {
            quantity,
            rate_pico: row.rate_pico,
            per: row.per,
            multiplier: applied.factor,
        };
        let refuse = |source| EstimateError::Line {
            resource: resource.clone(),
            source,
        };
        self.exact.add(product).map_err(refuse)?;
        let sum = self.exact.rounded().unwrap_or(self.so_far);
        // The rounded sum never falls while nothing is taken away.
        let amount = PicoUsd::new(sum.get() - self.so_far.get());
        self.so_far = sum;
        self.any_priced = true;
        lines.push(Line {
            component: self.component,
            resource,
            quantity,
            price_id: Some(row.id),
            rate_pico: Some(row.rate_pico),
            per: row.per,
            multiplier: applied.factor,
            amount: Some(amount),
            flags: flags.union(applied.flags).union(row.flags(self.at)),
            note: None,
        });
        Ok(())
    }

    /// A line without a rate. Nothing consumed is no line.
    pub fn unpriced(
        &mut self,
        resource: ResourceType,
        quantity: u64,
        note: &'static str,
        lines: &mut Vec<Line>,
    ) {
        if quantity == 0 {
            return;
        }
        self.any_unpriced = true;
        lines.push(Line {
            component: self.component,
            resource,
            quantity,
            price_id: None,
            rate_pico: None,
            per: 1,
            multiplier: (1, 1),
            amount: None,
            flags: Flags::NONE.with(Flag::Unpriced),
            note: Some(note),
        });
    }

    /// The component's cost as somebody states it: the flag says who.
    pub fn declare(
        &mut self,
        amount: PicoUsd,
        by: Flag,
        lines: &mut Vec<Line>,
    ) -> Result<(), EstimateError> {
        if amount < PicoUsd::ZERO {
            return Err(EstimateError::NegativeDeclared(amount));
        }
        self.so_far = amount;
        self.any_priced = true;
        lines.push(Line {
            component: self.component,
            resource: ResourceType::Declared,
            quantity: 1,
            price_id: None,
            rate_pico: Some(amount.get()),
            per: 1,
            multiplier: (1, 1),
            amount: Some(amount),
            flags: Flags::NONE.with(by),
            note: None,
        });
        Ok(())
    }
}
