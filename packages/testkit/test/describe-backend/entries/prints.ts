process.stdout.write('hello\n')

export default {}
