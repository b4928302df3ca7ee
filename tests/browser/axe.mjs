// What axe has to say about a page.
import axe from "axe-core";

/**
 * The violations on a page, or in those parts of it that a selector finds: rule and places of each.
 * It runs in the page and only these words leave it: the results of all rules are megabytes.
 */
export async function violations(page, within) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return await page.evaluate(async (within) => {
    const context = within ? { include: [within] } : document;
    const { violations } = await window.axe.run(context, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  }, within);
}
