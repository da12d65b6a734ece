package io.ottla.compat;

import io.ottla.process.BrokerProcess;
import org.junit.jupiter.api.extension.ExtendWith;

/** Transactions in a cluster as Apache Kafka 3.9's, without features. */
@ExtendWith(SharedBroker.class)
class JavaClientTransactionTest extends JavaClientTransactions {
    JavaClientTransactionTest(BrokerProcess broker) {
        super(broker);
    }
}
