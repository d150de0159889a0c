setInterval(() => {}, 60_000)

export default {}
