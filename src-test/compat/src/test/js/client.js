// kafkajs: topics, produce, groups, offsets, admin. Usage: node client.js HOST:PORT
const { Kafka, CompressionTypes, logLevel } = require('kafkajs')
const assert = require('assert')

const run = Math.random().toString(36).slice(2, 10)
const kafka = new Kafka({ clientId: 'ottla-compat', brokers: [process.argv[2]], logLevel: logLevel.ERROR })
const topic = `kafkajs-${run}`
const groupId = `kafkajs-group-${run}`

async function consumeAll(expected) {
  const consumer = kafka.consumer({ groupId, sessionTimeout: 6000, heartbeatInterval: 500 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const seen = []
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`only ${seen.length} of ${expected} records`)), 60000)
    consumer.run({
      eachMessage: async ({ message }) => {
        seen.push(message)
        if (seen.length === expected) {
          clearTimeout(timer)
          resolve()
        }
      },
    }).catch(reject)
  })
  await consumer.stop()
  await consumer.disconnect()
  return seen
}

async function main() {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 1 }], waitForLeaders: true })
  assert((await admin.listTopics()).includes(topic))
  const cluster = await admin.describeCluster()
  assert.strictEqual(cluster.brokers.length, 1)

  const expected = new Set()
  for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
    for (const idempotent of [false, true]) {
      const producer = kafka.producer({ idempotent, maxInFlightRequests: idempotent ? 1 : 5 })
      await producer.connect()
      const messages = []
      for (let i = 0; i < 200; i++) {
        const value = `${compression}-${idempotent}-${i}`
        expected.add(value)
        messages.push({ key: `k${i}`, value, headers: { source: 'kafkajs' } })
      }
      await producer.send({ topic, messages, compression, acks: -1 })
      await producer.disconnect()
    }
  }

  const seen = await consumeAll(expected.size)
  assert.deepStrictEqual(new Set(seen.map((m) => m.value.toString())), expected)
  assert(seen.every((m) => m.headers.source.toString() === 'kafkajs'))

  const offsets = await admin.fetchOffsets({ groupId, topics: [topic] })
  const committed = offsets[0].partitions.reduce((sum, p) => sum + Math.max(Number(p.offset), 0), 0)
  assert.strictEqual(committed, expected.size)
  const ends = await admin.fetchTopicOffsets(topic)
  assert.strictEqual(ends.reduce((sum, p) => sum + Number(p.high), 0), expected.size)
  const groups = await admin.describeGroups([groupId])
  assert.strictEqual(groups.groups[0].state, 'Empty')
  await admin.deleteGroups([groupId])
  await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
  const configs = await admin.describeConfigs({ resources: [{ type: 2, name: topic }], includeSynonyms: false })
  assert(configs.resources[0].configEntries.some((e) => e.configName === 'retention.ms'))
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
  console.log(`kafkajs: ok ${expected.size} records`)
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
