/** @file The script of every report: which section one is at. */

// Where one is: the section whose top has last passed under the bar.

const links = new Map([...document.querySelectorAll(".bar a")].map((link) => [link.hash.slice(1), link]));
const sections = [...document.querySelectorAll("main > section")];

function follow() {
  const passed = sections.filter((section) => section.getBoundingClientRect().top < 140);
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
  const current = atEnd ? sections.at(-1) : (passed.at(-1) ?? sections[0]);
  for (const [id, link] of links) {
    if (id !== current?.id) link.removeAttribute("aria-current");
    else if (!link.hasAttribute("aria-current")) {
      link.setAttribute("aria-current", "true");
      const row = link.parentElement;
      row.scrollTo({ left: link.offsetLeft - row.clientWidth / 2 });
    }
  }
}
addEventListener("scroll", follow, { passive: true });
addEventListener("resize", follow);
follow();
