// Runs before the first paint, so that a chosen theme never flashes past the other one.
try {
  const look = JSON.parse(localStorage.getItem('samoey.look') ?? '{}').state ?? {}
  if (look.theme && look.theme !== 'system') document.documentElement.dataset.theme = look.theme
  if (look.contrast === 'more') document.documentElement.dataset.contrast = 'more'
} catch {
  // A broken entry means the system's own look.
}
