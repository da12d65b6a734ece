"""librdkafka through its Python binding: topics, every codec, headers, groups, offsets. Usage: confluent_client.py HOST:PORT"""
import sys
import time
import uuid

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic

bootstrap = sys.argv[1]
run = uuid.uuid4().hex[:8]


def wait_all(futures):
    for future in futures.values():
        future.result(30)


def consume(group, topic, count, **settings):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest",
                         "enable.auto.commit": False, **settings})
    consumer.subscribe([topic])
    messages = []
    deadline = time.time() + 60
    while len(messages) < count and time.time() < deadline:
        message = consumer.poll(0.5)
        if message is None:
            continue
        if message.error():
            raise KafkaException(message.error())
        messages.append(message)
    return consumer, messages


admin = AdminClient({"bootstrap.servers": bootstrap})
topic = "python-" + run
wait_all(admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)]))
assert len(admin.list_topics(topic, timeout=30).topics[topic].partitions) == 3
wait_all(admin.create_partitions([NewPartitions(topic, 4)]))

sent = set()
for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
    for acks in ["1", "all"]:
        producer = Producer({"bootstrap.servers": bootstrap, "compression.type": codec, "acks": acks,
                             "enable.idempotence": acks == "all", "linger.ms": 5})
        failures = []
        for i in range(200):
            value = "%s-%s-%d-%s" % (codec, acks, i, "x" * (i % 50))
            sent.add(value)
            producer.produce(topic, key="k%d" % i, value=value, headers=[("codec", codec), ("empty", "")],
                             on_delivery=lambda error, message: failures.append(error) if error else None)
        assert producer.flush(60) == 0, "messages left in the queue"
        assert not failures, failures

consumer, messages = consume("python-group-" + run, topic, len(sent))
assert {m.value().decode() for m in messages} == sent, "lost or changed records"
assert len(messages) == len(sent), "duplicates"
assert all(("empty", b"") in m.headers() for m in messages)
consumer.commit(asynchronous=False)
partitions = [TopicPartition(topic, p) for p in range(4)]
committed = sum(max(p.offset, 0) for p in consumer.committed(partitions, timeout=30))
assert committed == len(sent), committed
low, high = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=30)
assert low == 0 and high > 0
by_time = consumer.offsets_for_times([TopicPartition(topic, 0, 1)], timeout=30)
assert by_time[0].offset == 0, by_time
consumer.close()

resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
config = list(admin.describe_configs([resource]).values())[0].result(30)
assert config["cleanup.policy"].value == "delete"
wait_all(admin.delete_topics([topic]))
print("python client: ok", len(sent), "records")
