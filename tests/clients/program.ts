// What a storefront does with the types that are made of the contract. It is compiled, never run.

import type { components, operations } from "./admin-api";

type Schemas = components["schemas"];

// A list, with what people look at.

export function summary(page: Schemas["OrderPage"]): string[] {
  return page.items.map((order) => {
    const who = order.buyerInfo?.email ?? order.billingInfo?.contactDetails?.lastName ?? "somebody";
    const total = order.priceSummary?.total?.amount ?? "?";
    const sent = order.shippingInfo?.logistics?.shippingDestination?.address?.city;
    const lines = (order.lineItems ?? []).map((line) => `${line.quantity} x ${line.productName?.original}`);
    return `${order.number} of ${order.createdDate}: ${who}, ${total}, ${sent}, ${lines.join(", ")}`;
  });
}

export function movable(page: Schemas["BookingPage"]): string[] {
  return page.items
    .filter((each) => each.allowedActions?.reschedule)
    .map((each) => each.booking.id);
}

// A status is one of the words that there are, or a new one.

const paid: Schemas["OrderPaymentStatus"] = "PAID";

// @ts-expect-error there is no such word
const misspelt: Schemas["OrderPaymentStatus"] = "PAYED";

export function isPaid(order: Schemas["Order"]): boolean {
  return order.paymentStatus === paid;
}

export function isNew(status: NonNullable<Schemas["Order"]["paymentStatus"]>): boolean {
  const word: string = status;
  return word === "WRITTEN_IN_STARS";
}

// A refund, and why it was not made.

type Refund = operations["refundOrder"];

export const asked: NonNullable<Refund["requestBody"]>["content"]["application/json"] = {
  amount: "12.15",
  reason: "Arrived damaged",
};

export const wrong: NonNullable<Refund["requestBody"]>["content"]["application/json"] = {
  // @ts-expect-error money is text
  amount: 12.15,
};

type Done = Refund["responses"][200]["content"]["application/json"];
type Refused = Refund["responses"][422]["content"]["application/problem+json"];

export function told(answer: Done | Refused): string {
  if ("dryRun" in answer) return `${answer.requests.length} requests`;
  if ("refundId" in answer) return answer.refundId;
  const known: Schemas["ProblemCode"] = "exceeds_refundable";
  if (answer.code === known) return answer.errors?.[0]?.detail ?? answer.detail;
  if (answer.retryable) return "later";
  throw new Error(answer.title);
}

// @ts-expect-error a read is no write: it has no such problem
export type Never = operations["getOrder"]["responses"][422];
