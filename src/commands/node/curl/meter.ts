/** The two lines above the progress meter. */
export const METER_HEAD =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n'

/** The meter before anything has arrived. */
export const METER_ZERO = '\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0'

/** The meter's repetition while nothing arrives, once a second; ten minutes of it at most. */
export function spent(ms: number): string {
  let text = METER_ZERO
  for (let s = 1; s <= Math.min(600, Math.floor(ms / 1000)); s++)
    text += `\r  0     0    0     0    0     0      0      0 --:--:--  0:${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')} --:--:--     0`
  return text
}
