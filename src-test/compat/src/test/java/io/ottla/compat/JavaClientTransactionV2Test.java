package io.ottla.compat;

import static io.ottla.compat.SharedBroker.uniqueName;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Transactions in a cluster where transaction.version is 2: new clients leave much to the brokers, older ones go on as before. */
@ExtendWith(SharedBroker.class)
class JavaClientTransactionV2Test extends JavaClientTransactions {
    JavaClientTransactionV2Test(@SharedBroker.Upgraded BrokerProcess broker) {
        super(broker);
    }

    @Test
    void eachTransactionOfANewClientHasAnEpochOfItsOwn() {
        String topic = uniqueName("epochs");
        String id = uniqueName("tx-epochs");
        Clients.createTopic(broker, topic, 1, Map.of());
        try (KafkaProducer<byte[], byte[]> producer = producer(id)) {
            int first = epoch(id);
            for (int i = 0; i < 5; i++) {
                producer.beginTransaction();
                producer.send(record(topic, 0, "v" + i));
                if (i % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
            assertThat(epoch(id) - first).isEqualTo(isNewClient() ? 5 : 0);
        }
    }

    private static boolean isNewClient() {
        return !KafkaProducer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath()
                .contains("kafka-clients-3.");
    }

    private int epoch(String id) {
        try (Admin admin = Clients.admin(broker)) {
            return Clients.get(admin.describeTransactions(List.of(id)).description(id))
                    .producerEpoch();
        }
    }
}
