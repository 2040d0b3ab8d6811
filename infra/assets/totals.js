// Keep the totals of a table of amounts up to date while it is typed in. The server works them out again.
const pence = (text) => {
  const plain = text.replace(/[£,\s]/g, "");
  return /^\d+(\.\d{0,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : 0;
};
const shown = (sum) => "£" + (sum / 100).toLocaleString("en-GB", { minimumFractionDigits: sum % 100 ? 2 : 0 });

for (const form of document.querySelectorAll("[data-totals]")) {
  form.addEventListener("input", () => {
    const columns = {};
    let all = 0;
    for (const row of form.querySelectorAll("tbody tr")) {
      let sum = 0;
      for (const box of row.querySelectorAll("input[data-column]")) {
        const amount = pence(box.value);
        columns[box.dataset.column] = (columns[box.dataset.column] ?? 0) + amount;
        sum += amount;
      }
      row.querySelector("[data-sum-row]").textContent = shown(sum);
      all += sum;
    }
    for (const cell of form.querySelectorAll("[data-sum-column]")) {
      cell.textContent = shown(columns[cell.dataset.sumColumn] ?? 0);
    }
    form.querySelector("[data-sum-all]").textContent = shown(all);
  });
}
