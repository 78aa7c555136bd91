// Asks simulators what Wix's official SDK asks, and tells what the SDK makes of the answers.
//
// Reads JSON from stdin: where the SDK is installed, a credential, and the addresses of two
// simulators (of catalog V3 and V1); deliveries of theirs and the key they are signed with.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const told = JSON.parse(readFileSync(0, "utf8"));

// Wix itself is never asked: whatever leaves this process goes to a simulator.
const onward = globalThis.fetch;
globalThis.fetch = () => {
  throw new Error("a request that was not redirected");
};
const redirectedTo = (address) => (url, options) => {
  const { hostname, pathname, search } = new URL(url);
  if (hostname !== "www.wixapis.com") throw new Error(`a request to ${hostname}`);
  return onward(address + pathname + search, options);
};

const installed = createRequire(`${told.sdk}/`);
const { ApiKeyStrategy, AppStrategy, createClient } = installed("@wix/sdk");
const { members } = installed("@wix/members");
const { inventory, inventoryItemsV3, products, productsV3 } = installed("@wix/stores");

const clientOf = (address) =>
  createClient({
    auth: ApiKeyStrategy({ apiKey: told.apiKey, siteId: told.siteId }),
    modules: { inventory, inventoryItemsV3, members, products, productsV3 },
    fetch: redirectedTo(address),
  });

const everyPage = async (query) => {
  const items = [];
  let page = await query.find();
  items.push(...page.items);
  while (page.hasNext()) {
    page = await page.next();
    items.push(...page.items);
  }
  return items;
};
const ids = (items) => items.map((item) => item._id);

const v3 = clientOf(told.v3);
const v1 = clientOf(told.v1);
const calls = {
  "productsV3.queryProducts": async () =>
    ids(await everyPage(v3.productsV3.queryProducts().ascending("slug").limit(2))),
  "productsV3.queryProducts, filtered": async () =>
    ids(await everyPage(v3.productsV3.queryProducts().eq("visible", false))),
  "productsV3.searchProducts": async () => {
    const search = { filter: { name: { $startsWith: "Mug" } }, cursorPaging: { limit: 10 } };
    const { products: found } = await v3.productsV3.searchProducts(search, { fields: ["URL"] });
    return found.map((product) => [product._id, product._createdDate instanceof Date]);
  },
  "productsV3.countProducts": async () => (await v3.productsV3.countProducts()).count,
  "productsV3.countProducts, hidden ones too": async () =>
    (await v3.productsV3.countProducts({ returnNonVisibleProducts: true })).count,
  "inventoryItemsV3.queryInventoryItems": async () =>
    ids(await everyPage(v3.inventoryItemsV3.queryInventoryItems().gt("quantity", 1).limit(2))),
  "inventoryItemsV3.searchInventoryItems": async () => {
    const search = { search: { expression: "mug" }, cursorPaging: { limit: 10 } };
    return ids((await v3.inventoryItemsV3.searchInventoryItems(search)).inventoryItems);
  },
  "members.listMembers": async () => {
    const options = { paging: { limit: 2, offset: 1 }, fieldsets: ["FULL"] };
    const { members: found, metadata } = await v3.members.listMembers(options);
    return [ids(found), metadata.total, found.every((member) => member.contact)];
  },
  "members.queryMembers": async () =>
    ids(await everyPage(v3.members.queryMembers().eq("status", "APPROVED").limit(1))),
  "products.queryProducts": async () =>
    ids(await everyPage(v1.products.queryProducts().ascending("name").limit(2))),
  "products.queryProducts, filtered": async () =>
    ids(await everyPage(v1.products.queryProducts().startsWith("name", "Tee"))),
  "inventory.queryInventory": async () =>
    (await v1.inventory.queryInventory({ query: {} })).inventoryItems.length,
};

const hear = async () => {
  const client = createClient({
    auth: AppStrategy({ appId: told.appId, publicKey: told.publicKey }),
    modules: { inventory, inventoryItemsV3, members, products, productsV3 },
  });
  const heard = [];
  const note = (name, what) => heard.push([name, what]);
  client.members.onMemberCreated(({ entity }) => note("member created", entity._id));
  client.members.onMemberUpdated(({ entity }) => note("member updated", entity.status));
  client.members.onMemberDeleted(({ metadata }) => note("member deleted", metadata.entityId));
  client.productsV3.onProductCreated(({ entity }) => note("product created", entity.name));
  client.productsV3.onProductUpdated(({ entity }) => note("product updated", entity.name));
  client.productsV3.onProductDeleted(({ entity }) => note("product deleted", entity._id));
  client.inventoryItemsV3.onInventoryItemCreated(({ entity }) => note("item", entity.quantity));
  client.inventoryItemsV3.onInventoryItemUpdated(({ entity }) => note("item", entity.quantity));
  client.inventoryItemsV3.onInventoryItemDeleted(({ entity }) => note("item gone", entity.quantity));
  client.inventoryItemsV3.onInventoryItemUpdatedWithReason(({ data }) => note("why", data.reason));
  client.products.onProductCreated(({ data }) => note("old product created", data.name));
  client.products.onProductChanged(({ data }) => note("old product changed", data.changedFields));
  client.inventory.onInventoryVariantsChanged(({ data }) =>
    note("old stock", data.variants[0].newValue.quantity),
  );
  client.inventory.onInventoryItemChanged(({ data }) => note("old item", data.fieldMask));
  for (const delivery of told.deliveries) await client.webhooks.process(delivery);
  return heard;
};

const answers = {};
for (const [name, call] of Object.entries({ ...calls, webhooks: hear })) {
  answers[name] = await call().catch((error) => ({ failed: String(error) }));
}
process.stdout.write(JSON.stringify(answers));
