/* report.js: draws the pictures of `haven link report` with Vega-Lite.
 *
 * A picture is drawn from the cells of the table under it, so that the two cannot differ: each column has a name in data-key, each number all its
 * digits in data-v. Nothing is fetched, nothing is stored, no text is run as code (Vega's own interpreter reads its expressions).
 * Without this script the page is complete: the tables are all there. */
(function () {
  'use strict'
  // Okabe and Ito's colours: told apart by people with any kind of colour vision, and in grey by lightness.
  const BLUE = '#0072b2'
  const ORANGE = '#d55e00'
  const GREEN = '#007a5a'
  const SKY = '#56b4e9'
  const TEXT = '#0b0c0c'
  const QUIET = '#505a5f'
  const LINE = { color: TEXT, strokeDash: [5, 4], strokeWidth: 1.5 }
  const CONFIG = {
    font: 'Helvetica, Arial, sans-serif',
    background: 'white',
    view: { stroke: null },
    axis: { labelColor: TEXT, titleColor: TEXT, labelFontSize: 13, titleFontSize: 13, titleFontWeight: 'bold', labelLimit: 260, gridColor: '#e3e5e6', domainColor: '#b1b4b6', tickColor: '#b1b4b6' },
    legend: { labelColor: TEXT, titleColor: TEXT, labelFontSize: 14, titleFontSize: 14, labelLimit: 300, orient: 'top', symbolStrokeWidth: 3 },
    header: { labelColor: TEXT, titleColor: TEXT, labelFontSize: 14, labelFontWeight: 'bold', labelLimit: 600 },
    text: { color: TEXT, fontSize: 12 }
  }

  // ---- the tables ----

  function rowsOf (id) {
    const table = document.getElementById(id)
    const keys = [...table.tHead.rows[0].cells].map(c => c.dataset.key)
    return [...table.tBodies[0].rows].map((row, order) => {
      const r = { order }
      keys.forEach((key, i) => {
        const cell = row.cells[i]
        if (key) r[key] = cell.dataset.v !== undefined ? Number(cell.dataset.v) : cell.textContent
      })
      return r
    })
  }

  const FAR = 120 // no evidence weighs more: what does is a veto or a definite match
  const isNumber = v => typeof v === 'number'
  const signed = v => (v < 0 ? '\u2212' : '+') + Math.abs(v).toFixed(2)

  // ---- the drawings: a function of rows, width and the marked line, giving a specification for Vega-Lite ----

  const x = (field, title, more) => ({ field, type: 'quantitative', title, ...more })
  const named = (field, more) => ({ field, type: 'nominal', sort: null, title: null, ...more })
  const rule = at => ({ data: { values: [{ at }] }, mark: { type: 'rule', ...LINE }, encoding: { x: { field: 'at', type: 'quantitative' } } })
  // In the order of the table, by number: a list of names would stand in an expression, and names are not ours.
  const byComparison = () => ({ row: { field: 'comparison', type: 'nominal', sort: { field: 'order', op: 'min' }, title: null, header: { labelOrient: 'top', labelAnchor: 'start', labelPadding: 2 } } })
  const COUNTS = { values: [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9], format: ',d' }
  // A domain with room for the numbers beside the bars.
  const padded = (values, share) => {
    const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)]
    const pad = (most - least) * share + 0.5
    return { domain: [least - (least < 0 ? pad : 0), most + (most > 0 ? pad : 0)], nice: false }
  }
  // Names of levels take at most half of a narrow screen.
  const levels = width => ({ labelLimit: Math.min(340, Math.round(width * 0.45)), ticks: false, domain: false })
  const room = width => Math.max(120, width - Math.min(340, Math.round(width * 0.45)) - 40)

  const draw = {
    weights (rows, width) {
      // A veto would shrink everything else to nothing: its bar is cut off a little beyond the others, its number stays.
      const evidence = rows.map(r => r.weight).filter(w => Math.abs(w) <= FAR)
      const [least, most] = [Math.min(0, ...evidence) * 1.2 - 2, Math.max(0, ...evidence) * 1.2 + 2]
      const value = rows.map(r => ({ ...r, bar: Math.min(Math.max(r.weight, least), most), side: r.weight < 0 ? 'against' : 'for', shown: signed(r.weight) }))
      const scale = padded(value.map(r => r.bar), width < 500 ? 0.4 : 0.12)
      return {
        values: value,
        facet: byComparison(),
        spacing: 6,
        resolve: { scale: { y: 'independent' } },
        spec: {
          width: room(width),
          height: { step: 20 },
          encoding: { y: named('level', { axis: levels(width) }) },
          layer: [
            { mark: { type: 'bar', height: 14 }, encoding: { x: x('bar', 'Match weight (log2)', { scale }), color: { field: 'side', type: 'nominal', scale: { domain: ['for', 'against'], range: [BLUE, ORANGE] }, legend: null } } },
            { transform: [{ filter: 'datum.weight >= 0' }], mark: { type: 'text', align: 'left', dx: 4 }, encoding: { x: x('bar', 'Match weight (log2)', { scale }), text: { field: 'shown' } } },
            { transform: [{ filter: 'datum.weight < 0' }], mark: { type: 'text', align: 'right', dx: -4 }, encoding: { x: x('bar', 'Match weight (log2)', { scale }), text: { field: 'shown' } } }
          ]
        }
      }
    },

    mu (rows, width) {
      const values = rows.flatMap(r => [{ ...r, share: r.m, which: 'm: among matches' }, { ...r, share: r.u, which: 'u: among others' }])
      return {
        values,
        facet: byComparison(),
        spacing: 6,
        resolve: { scale: { y: 'independent' } },
        spec: {
          width: room(width),
          height: { step: 12, for: 'offset' },
          mark: { type: 'bar' },
          encoding: {
            y: named('level', { axis: levels(width) }),
            yOffset: { field: 'which', type: 'nominal' },
            x: x('share', 'Probability', { scale: { domain: [0, 1] }, axis: { tickCount: 5 } }),
            color: { field: 'which', type: 'nominal', title: null, scale: { range: [BLUE, ORANGE] } }
          }
        }
      }
    },

    waterfall (rows, width, line) {
      let from = 0
      const values = rows.map((r, i) => {
        const last = i === rows.length - 1
        const bar = { name: r.comparison, level: r.level, from: last ? 0 : from, to: r.sum, order: i, kind: i === 0 || last ? 'start and sum' : r.sum < from ? 'against' : 'for' }
        bar.shown = i === 0 || last ? r.sum.toFixed(2).replace('-', '\u2212') : signed(r.sum - from)
        from = r.sum
        return bar
      })
      const limits = values.flatMap(v => [v.from, v.to]).concat(line)
      // A veto would shrink everything else to nothing: its bar is cut off, its number stays.
      const least = Math.max(Math.min(...limits), -60)
      const most = Math.min(Math.max(...limits), 120)
      const pad = (most - least) * (width < 500 ? 0.45 : 0.14) + 1
      const scale = { domain: [least - pad, most + pad], nice: false, clamp: true }
      return {
        values,
        width: room(width),
        height: { step: 26 },
        encoding: { y: named('name', { axis: { ...levels(width) } }) },
        layer: [
          {
            mark: { type: 'bar', height: 18 },
            encoding: {
              x: x('from', 'Match weight', { scale }),
              x2: { field: 'to' },
              color: { field: 'kind', type: 'nominal', title: null, scale: { domain: ['for', 'against', 'start and sum'], range: [BLUE, ORANGE, QUIET] } }
            }
          },
          { transform: [{ filter: 'datum.to >= datum.from' }], mark: { type: 'text', align: 'left', dx: 4 }, encoding: { x: x('to', 'Match weight', { scale }), text: { field: 'shown' } } },
          { transform: [{ filter: 'datum.to < datum.from' }], mark: { type: 'text', align: 'right', dx: -4 }, encoding: { x: x('to', 'Match weight', { scale }), text: { field: 'shown' } } },
          ...(isNumber(line) ? [{ data: { values: [{ at: line }] }, mark: { type: 'rule', ...LINE }, encoding: { y: null, x: { field: 'at', type: 'quantitative', scale } } }] : [])
        ]
      }
    },

    histogram (rows, width, line) {
      const bars = (field, colour) => ({
        mark: { type: 'bar', binSpacing: 1, color: colour },
        encoding: { x: x('from', 'Match weight', { bin: { binned: true } }), x2: { field: 'to' }, y: x(field, 'Pairs', { scale: { type: 'symlog', constant: 1 }, axis: COUNTS }) }
      })
      const size = { width: width - 80 }
      if (rows.length === 0 || rows[0].right === undefined) return { values: rows, ...size, height: 260, layer: [bars('pairs', BLUE), rule(line)] }
      return {
        values: rows,
        spacing: 16,
        resolve: { scale: { x: 'shared', y: 'shared' } },
        vconcat: [
          { title: { text: 'Pairs of one person', anchor: 'start', fontSize: 14 }, ...size, height: 150, layer: [bars('right', BLUE), rule(line)] },
          { title: { text: 'Pairs of two people', anchor: 'start', fontSize: 14 }, ...size, height: 150, layer: [bars('wrong', ORANGE), rule(line)] }
        ]
      }
    },

    accuracy (rows, width, line) {
      const names = ['Precision', 'Recall', 'F1']
      const values = rows.flatMap(r => names.map(name => ({ threshold: r.threshold, name, share: r[name.toLowerCase()] }))).filter(r => isNumber(r.share))
      return {
        values,
        width: width - 80,
        height: 260,
        layer: [
          {
            mark: { type: 'line', strokeWidth: 2.5 },
            encoding: {
              x: x('threshold', 'Threshold (match weight)', { scale: { zero: false, nice: false } }),
              y: x('share', 'Share', { scale: { domain: [0, 1] } }),
              color: { field: 'name', type: 'nominal', title: null, sort: names, scale: { domain: names, range: [BLUE, ORANGE, GREEN] } },
              strokeDash: { field: 'name', type: 'nominal', title: null, sort: names, scale: { domain: names, range: [[1, 0], [7, 4], [2, 2]] } }
            }
          },
          rule(line)
        ]
      }
    },

    curve (all, width, line, across, title, scale) {
      const rows = all.filter(r => isNumber(r.recall) && isNumber(r.precision) && isNumber(r[across]))
      const at = rows.reduce((best, r) => Math.abs(r.threshold - line) < Math.abs(best.threshold - line) ? r : best, rows[0])
      return {
        values: rows,
        title: { text: across === 'recall' ? 'Precision against recall' : 'ROC curve', anchor: 'start', fontSize: 14 },
        width: Math.min(width - 80, 380),
        height: 240,
        encoding: {
          x: x(across, across === 'recall' ? 'Recall' : 'False positive rate', { scale, axis: { tickCount: 5 } }),
          y: x(title === 'Precision' ? 'precision' : 'recall', title, { scale: { domain: [0, 1] } })
        },
        layer: [
          { mark: { type: 'line', strokeWidth: 2.5, color: BLUE }, encoding: { order: { field: 'order', type: 'quantitative' } } },
          { data: { values: [at] }, mark: { type: 'point', filled: true, size: 110, color: ORANGE, opacity: 1 } }
        ]
      }
    },
    pr: (rows, width, line) => draw.curve(rows, width, line, 'recall', 'Precision', { domain: [0, 1] }),
    // The rate is of all pairs, which are many: an axis to 1 would show a line on its edge.
    roc: (rows, width, line) => draw.curve(rows, width, line, 'fpr', 'Recall', { domain: [0, Math.max(1e-9, ...rows.map(r => r.fpr).filter(isNumber))], nice: true }),

    counts (rows, width, line) {
      const values = rows.flatMap(r => [{ threshold: r.threshold, name: 'Links', n: r.links }, { threshold: r.threshold, name: 'Clusters', n: r.clusters }]).filter(r => isNumber(r.n))
      return {
        values,
        width: width - 80,
        height: 220,
        layer: [
          {
            mark: { type: 'line', strokeWidth: 2.5 },
            encoding: {
              x: x('threshold', 'Threshold (match weight)', { scale: { zero: false, nice: false } }),
              y: x('n', 'Number', { scale: { type: 'symlog' }, axis: COUNTS }),
              color: { field: 'name', type: 'nominal', title: null, scale: { domain: ['Links', 'Clusters'], range: [BLUE, ORANGE] } },
              strokeDash: { field: 'name', type: 'nominal', title: null, scale: { domain: ['Links', 'Clusters'], range: [[1, 0], [7, 4]] } }
            }
          },
          rule(line)
        ]
      }
    },

    blocking (rows, width) {
      const values = rows.map(r => ({ ...r, before: r.sum - r.pairs, name: `${r.rule}: ${r.condition}`, shown: '+' + r.pairs.toLocaleString('en-GB') }))
      return {
        values,
        width: room(width),
        height: { step: 26 },
        encoding: { y: named('name', { axis: levels(width) }) },
        layer: [
          { mark: { type: 'bar', height: 16, color: BLUE }, encoding: { x: x('before', 'Pairs to compare', { axis: { format: ',d', tickCount: width < 500 ? 3 : 5 } }), x2: { field: 'sum' } } },
          { transform: [{ filter: `datum.sum < ${0.7 * Math.max(...rows.map(r => r.sum), 1)}` }], mark: { type: 'text', align: 'left', dx: 4 }, encoding: { x: x('sum'), text: { field: 'shown' } } },
          { transform: [{ filter: `datum.sum >= ${0.7 * Math.max(...rows.map(r => r.sum), 1)}` }], mark: { type: 'text', align: 'right', dx: -4 }, encoding: { x: x('before'), text: { field: 'shown' } } }
        ]
      }
    }
  }

  Object.assign(draw, {
    unlinkables (rows, width, line) {
      return {
        values: rows,
        width: width - 80,
        height: 220,
        layer: [
          {
            mark: { type: 'area', color: SKY, opacity: 0.5, interpolate: 'step-before', line: { color: BLUE, strokeWidth: 2.5 } },
            encoding: {
              x: x('threshold', 'Threshold (match weight)', { scale: { zero: false, nice: false } }),
              y: x('share', 'Share of records', { axis: { format: '.1~%' } })
            }
          },
          rule(line)
        ]
      }
    },

    completeness (rows, width) {
      const several = new Set(rows.map(r => r.dataset)).size > 1
      const values = rows.map(r => ({ ...r, name: several ? `${r.column}, ${r.dataset}` : r.column, shown: (100 * r.filled).toFixed(1) + '%' }))
      return {
        values,
        width: room(width),
        height: { step: 24 },
        encoding: { y: named('name', { axis: levels(width) }) },
        layer: [
          { mark: { type: 'bar', height: 16, color: '#e3e5e6' }, encoding: { x: { datum: 1, type: 'quantitative' } } },
          { mark: { type: 'bar', height: 16, color: BLUE }, encoding: { x: x('filled', 'Records with a value', { scale: { domain: [0, 1] }, axis: { format: '%', tickCount: 5 } }) } },
          { transform: [{ filter: 'datum.filled >= 0.2' }], mark: { type: 'text', align: 'right', dx: -6, color: 'white', fontWeight: 'bold' }, encoding: { x: x('filled'), text: { field: 'shown' } } },
          { transform: [{ filter: 'datum.filled < 0.2' }], mark: { type: 'text', align: 'left', dx: 6 }, encoding: { x: x('filled'), text: { field: 'shown' } } }
        ]
      }
    },

    frequencies (rows, width) {
      const named = rows.map(r => ({ ...r, comparison: r.comparison === r.column ? r.comparison : `${r.comparison}: ${r.column}` }))
      return {
        values: named,
        facet: byComparison(),
        spacing: 10,
        spec: {
          width: width - 80,
          height: 90,
          mark: { type: 'bar', color: BLUE, binSpacing: 1 },
          encoding: {
            x: x('from', 'Adjustment (log2)', { bin: { binned: true } }),
            x2: { field: 'to' },
            y: x('share', 'Records', { axis: { format: '~%', tickCount: 3 } })
          }
        }
      }
    },

    sizes (rows, width) {
      return {
        values: rows.map(r => ({ ...r, shown: r.clusters.toLocaleString('en-GB') })),
        width: Math.min(width - 80, Math.max(220, rows.length * 44)),
        height: 220,
        encoding: {
          x: { field: 'size', type: 'ordinal', title: 'Records in a cluster', axis: { labelAngle: 0 } },
          y: x('clusters', 'Clusters', { scale: { type: 'symlog', constant: 1 }, axis: COUNTS })
        },
        layer: [
          { mark: { type: 'bar', color: BLUE } },
          ...(rows.length <= 16 ? [{ mark: { type: 'text', dy: -7 }, encoding: { text: { field: 'shown' } } }] : [])
        ]
      }
    }
  })

  // ---- putting them on the page ----

  const said = []
  const logger = { level () { return this }, error (...a) { said.push(a.join(' ')); console.error(...a); return this }, warn () { return this }, info () { return this }, debug () { return this } }

  async function show (picture) {
    const line = picture.dataset.line ? Number(picture.dataset.line.replace('\u2212', '-')) : undefined
    const width = Math.min(picture.parentElement.clientWidth, 960)
    const { values, ...spec } = draw[picture.dataset.kind](rowsOf(picture.dataset.table), width, line)
    spec.data = { values }
    const { spec: vg } = vegaLite.compile({ $schema: 'https://vega.github.io/schema/vega-lite/v6.json', ...spec, autosize: { type: 'pad', contains: 'padding' } }, { config: CONFIG, logger })
    const view = new vega.View(vega.parse(vg, null, { ast: true }), { renderer: 'svg', logger, expr: vegaInterpreter, hover: false, tooltip: () => {} })
    const svg = await view.toSVG()
    view.finalize()
    place(picture, svg)
  }

  // Vega's text becomes elements without innerHTML's habit of running things; what people with a screen reader get is the text of data-alt, and the table.
  function place (picture, svg) {
    const image = document.importNode(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement, true)
    image.setAttribute('role', 'img')
    image.setAttribute('aria-label', picture.dataset.alt + ' The numbers are in the table.')
    image.querySelectorAll('[aria-roledescription]').forEach(e => ['role', 'aria-label', 'aria-roledescription'].forEach(a => e.removeAttribute(a)))
    picture.replaceChildren(image)
  }

  const pictures = [...document.querySelectorAll('.haven-picture')]
  let drawn = 0
  async function drawSeen () {
    for (const p of pictures) {
      if (p.closest('[hidden]') || Number(p.dataset.drawn) === p.parentElement.clientWidth) continue
      p.dataset.drawn = p.parentElement.clientWidth
      try {
        await show(p)
      } catch (e) {
        console.error(p.id, e)
      }
    }
    document.documentElement.dataset.drawn = ++drawn
  }

  // ---- one pair at a time ----

  const choose = document.getElementById('choose-pair')
  function showPair () {
    for (const pair of document.querySelectorAll('.haven-pair')) pair.hidden = pair.id !== choose.value
    return drawSeen()
  }
  if (choose) {
    choose.closest('.haven-choose').hidden = false
    choose.addEventListener('change', showPair)
  }

  // ---- the threshold ----

  function startSlider (box) {
    const range = box.querySelector('input')
    const readout = box.querySelector('output')
    const rows = [...document.getElementById(box.dataset.table).tBodies[0].rows]
    const titles = [...document.getElementById(box.dataset.table).tHead.rows[0].cells].map(c => c.textContent)
    const start = Number(box.dataset.start.replace('\u2212', '-'))
    const at = rows.map(r => Number(r.cells[0].dataset.v))
    range.min = 0
    range.max = rows.length - 1
    range.value = at.reduce((best, v, i) => Math.abs(v - start) < Math.abs(at[best] - start) ? i : best, 0)
    const tell = () => {
      const cells = [...rows[range.value].cells]
      readout.replaceChildren(...cells.map((c, i) => {
        const part = document.createElement('span')
        const number = document.createElement('strong')
        number.textContent = c.textContent || 'not counted'
        part.append(`${titles[i]} `, number)
        return part
      }))
      range.setAttribute('aria-valuetext', `match weight ${cells[0].textContent}`)
    }
    range.addEventListener('input', tell)
    box.hidden = false
    tell()
  }
  document.querySelectorAll('.haven-slider').forEach(startSlider)

  // ---- long tables: closed on the screen, open on paper ----

  const folds = [...document.querySelectorAll('.haven-fold')]
  folds.forEach(f => { f.open = false })
  addEventListener('beforeprint', () => folds.forEach(f => { f.open = true }))
  addEventListener('afterprint', () => folds.forEach(f => { f.open = false }))

  let waiting
  addEventListener('resize', () => { clearTimeout(waiting); waiting = setTimeout(drawSeen, 200) })
  choose ? showPair() : drawSeen()
})()
