import { beforeEach, describe, expect, test } from 'vitest'
import { type Creds, FileSystem, FsView } from '../../../src/host/index.ts'

const user: Creds = { uid: 1000, gid: 1000 }
let fs: FsView

beforeEach(() => {
  fs = new FsView(new FileSystem('/dev/vda1', 'ext4', 1 << 30).root, () => 0)
  fs.mkdir('/a/b', { parents: true })
  fs.writeFile('/a/b/f', 'text')
  fs.symlink('b', '/a/link')
  fs.symlink('loop', '/a/loop')
  fs.mkdir('/a/secret', { mode: 0o700 })
  fs.writeFile('/a/secret/f', '')
})

describe('paths', () => {
  test.each([
    ['/a/b/f', '/', '/a/b/f'],
    ['f', '/a/b', '/a/b/f'],
    ['/a/link/f', '/', '/a/b/f'],
    ['/a/link/../b/./f', '/', '/a/b/f'],
    ['../../../..', '/a', '/'],
  ])('%s from %s is %s', (path, cwd, real) => {
    expect(fs.realpath(path, cwd)).toBe(real)
    expect(fs.find(path, cwd)).toBe(fs.resolve(real))
  })

  test.each<[string, string, Creds | undefined]>([
    ['/a/nosuch', 'ENOENT', undefined],
    ['', 'ENOENT', undefined],
    ['/a/b/f/x', 'ENOTDIR', undefined],
    ['/a/b/f/', 'ENOTDIR', undefined],
    ['/a/loop', 'ELOOP', undefined],
    ['/a/secret/f', 'EACCES', user],
  ])('%s: %s', (path, code, creds) => {
    expect(() => fs.resolve(path, '/', creds)).toThrow(expect.objectContaining({ code }))
  })
})

describe('mounts', () => {
  test('cover an inode, whatever its path becomes, until they are taken off', () => {
    const tmpfs = new FileSystem('tmpfs', 'tmpfs', 1 << 20)
    fs.mount('/a/b', tmpfs)
    fs.writeFile('/a/link/new', 'x')
    expect(fs.readdir('/a/b').map(([name]) => name)).toEqual(['new'])
    expect([fs.mountOf('/a/b/new')?.path, fs.mountOf('/a')]).toEqual(['/a/b', undefined])
    expect(() => fs.rmdir('/a/b')).toThrow(expect.objectContaining({ code: 'EBUSY' }))
    expect(() => fs.rename('/a/b/new', '/a/new')).toThrow(expect.objectContaining({ code: 'EXDEV' }))
    fs.unmount('/a/b')
    expect(fs.readFile('/a/b/f')).toBe('text')
  })

  test('a read-only one refuses writing in it and nowhere else', () => {
    fs.mount('/a/b', fs.resolve('/a/b'), { readOnly: true, bind: true })
    expect(() => fs.writeFile('/a/b/f', '')).toThrow(expect.objectContaining({ code: 'EROFS' }))
    expect(() => fs.unlink('/a/b/f')).toThrow(expect.objectContaining({ code: 'EROFS' }))
    expect(fs.writeFile('/a/f', 'y').read()).toBe('y')
  })

  test('inside a new root they keep their place under a shorter path', () => {
    fs.mount('/a/b', new FileSystem('tmpfs', 'tmpfs', 1 << 20))
    fs.writeFile('/a/b/in', '')
    const view = fs.chroot(fs.resolve('/a') as typeof fs.root, '/a')
    expect([view.realpath('/../b/in'), view.mounts.map((m) => m.path)]).toEqual(['/b/in', ['/b']])
  })
})
