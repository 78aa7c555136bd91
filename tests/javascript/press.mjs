// Presses the button of the sample's form, as often as asked, and prints what the form is told.
import { argv } from "node:process";
import { refund } from "./built/app/orders/[orderId]/actions.js";

const [orderId, key, times] = argv.slice(2);
const form = new FormData();
for (const [name, value] of Object.entries({ orderId, key, amount: "5.00" })) form.set(name, value);

const told = [{}];
while (told.length <= Number(times)) told.push(await refund(told.at(-1), form));
console.log(JSON.stringify(told.slice(1)));
