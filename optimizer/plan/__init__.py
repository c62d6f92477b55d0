"""From a solution to what people read: actions, flows, staff, money, rules. Tables only."""

from optimizer.plan.make import Plan, make_plan

__all__ = ["Plan", "make_plan"]
