// What drills need besides the text of the screens, above all FSRS. Loaded when the first drill is wanted.
export { deckOf, pickFor, sessionOn } from '../../game/drill/deck.ts'
export { ratingOf } from '../../game/drill/rating.ts'
export { reflexRun, withReflex, withRun } from '../../game/drill/reflexes.ts'
export { withReview } from '../../game/drill/schedule.ts'
export { afterLines, runLines } from './after.ts'
export { entriesOf, pageLines, skillName, streakText } from './page.ts'
