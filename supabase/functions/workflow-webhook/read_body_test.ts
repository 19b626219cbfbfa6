import { assertEquals } from "@std/assert";
import { readBody } from "./read_body.ts";

const URL = "https://project.example.com/";

function post(body: BodyInit): Request {
  return new Request(URL, { method: "POST", body });
}

Deno.test("a body of the most bytes is read, one of more is not", async () => {
  assertEquals(await readBody(post("äöü"), 6), "äöü");
  assertEquals(await readBody(post("äöü"), 5), undefined);
  assertEquals(await readBody(new Request(URL), 5), "");
});

Deno.test("what is said to be too long is not read at all", async () => {
  const request = new Request(URL, {
    method: "POST",
    headers: { "content-length": "6" },
    body: "123",
  });
  assertEquals(await readBody(request, 5), undefined);
});

Deno.test("a body that does not end is left once it is too long", async () => {
  let chunks = 0;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      chunks += 1;
      controller.enqueue(new Uint8Array(10));
    },
  });
  assertEquals(await readBody(post(endless), 25), undefined);
  assertEquals(chunks < 10, true);
});

Deno.test("a character that two chunks share stays whole", async () => {
  const [first, second] = [new Uint8Array([0xe2, 0x82]), new Uint8Array([0xac])];
  const stream = ReadableStream.from([first, second]);
  assertEquals(await readBody(post(stream), 10), "€");
});
