import { Text } from 'ink'
import type { ReactNode } from 'react'
import { scoreOf } from '../../game/exam/result.ts'
import { useGame } from '../context.ts'
import { Docs } from '../docs/screen.tsx'
import { textWidth } from '../layout.ts'
import { drawn } from '../screens/drawn.tsx'
import { PAGE_ROWS, Page, Scroll, Trouble, windowed } from '../screens/parts.tsx'
import { troubleLines } from '../trouble.ts'
import { historyRow } from './list.ts'
import { rulesLines } from './page.ts'
import { resultLines, solutionLines } from './result-page.ts'
import { Sitting } from './sitting.tsx'

/** Whatever is to be seen of exams. */
export function ExamScreen(): ReactNode {
  const { game } = useGame()
  const { exam } = game
  if (exam.overlay === 'docs') return <Docs />
  switch (exam.stage) {
    case 'rules':
    case 'left':
      return <Rules />
    case 'loading':
    case 'marking':
      return <Waiting />
    case 'sitting':
      return <Sitting />
    case 'result':
      return <Result />
    case 'history':
      return <History />
  }
}

function Rules(): ReactNode {
  const { game, t: ui, theme } = useGame()
  const { exam } = game
  const { words: t } = exam
  const troubles = troubleLines(game, ui).length
  const lines = rulesLines(exam, textWidth(game.columns))
  return (
    <Page
      left={`NotReady — ${t.title}`}
      right={exam.records.all.length > 0 ? t.before(exam.records.all.length) : ''}
      keys={exam.stage === 'left' ? t.leftKeys : t.rulesKeys}
    >
      <Trouble />
      {troubles > 0 ? <Text> </Text> : null}
      <Scroll
        lines={drawn(lines, theme)}
        height={Math.max(1, game.rows - PAGE_ROWS - troubles - Math.sign(troubles))}
      />
    </Page>
  )
}

function Waiting(): ReactNode {
  const { game, theme } = useGame()
  const { exam } = game
  const { words: t } = exam
  const marking = exam.stage === 'marking'
  return (
    <Page left={`NotReady — ${t.title}`} keys={marking ? '' : t.loadingKeys}>
      <Text color={theme.accent}>
        {marking
          ? t.marking(exam.done, exam.tasks.length)
          : exam.exam
            ? `${t.resuming} ${Math.floor(exam.done * 100)}\u00a0%`
            : t.loading}
      </Text>
    </Page>
  )
}

function Result(): ReactNode {
  const { game, theme } = useGame()
  const { words: t, result, overlay } = game.exam
  const solution = overlay === 'solution'
  const lines = (solution ? solutionLines : resultLines)(game.exam, textWidth(game.columns))
  return (
    <Page
      left={`NotReady — ${solution ? t.solution : t.result}`}
      right={result ? `${scoreOf(result)}\u00a0%` : ''}
      keys={solution ? t.solutionKeys : t.resultKeys}
    >
      <Scroll lines={drawn(lines, theme)} height={Math.max(1, game.rows - PAGE_ROWS)} />
    </Page>
  )
}

function History(): ReactNode {
  const { game, theme } = useGame()
  const { exam } = game
  const { words: t } = exam
  const rows = exam.records.all.map((result, n) => {
    const chosen = n === exam.at
    return (
      <Text key={result.begun} wrap="truncate" bold={chosen} color={chosen ? theme.accent : undefined}>
        {chosen ? '▸ ' : '  '}
        {historyRow(exam, n)}
      </Text>
    )
  })
  return (
    <Page left={`NotReady — ${t.history}`} keys={t.historyKeys}>
      {rows.length === 0 ? (
        <Text color={theme.dim}>{t.noHistory}</Text>
      ) : (
        windowed(rows, exam.at, Math.max(1, game.rows - PAGE_ROWS))
      )}
    </Page>
  )
}
