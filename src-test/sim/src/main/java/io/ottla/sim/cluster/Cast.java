package io.ottla.sim.cluster;

import io.ottla.check.History;
import io.ottla.check.HistoryCheck;
import io.ottla.check.StoredRecord;
import io.ottla.check.Violation;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.sim.client.BankLedger;
import io.ottla.sim.client.BankReader;
import io.ottla.sim.client.CarelessProducer;
import io.ottla.sim.client.ClientNode;
import io.ottla.sim.client.GroupLedger;
import io.ottla.sim.client.Inquiry;
import io.ottla.sim.client.SimConsumer;
import io.ottla.sim.client.SimMember;
import io.ottla.sim.client.SimProducer;
import io.ottla.sim.client.SimTransfers;
import io.ottla.sim.net.Farewell;
import io.ottla.sim.oracle.Oracle;
import io.ottla.sim.world.SimulationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All clients of a scenario, and what they were told. */
final class Cast {
    static final String ORDERS = "orders";
    static final String BANK = "accounts";
    static final String CARELESS = "scratch";
    static final String GROUPS_TOPIC = "__consumer_offsets";
    static final String TRANSACTIONS_TOPIC = "__transaction_state";
    static final int PARTITIONS = 3;
    private static final String READERS = "readers";
    private static final String MEMBERS = "members";
    private static final int PRODUCERS = 2;
    private static final int WRITERS = 2;
    private static final int MEMBER_COUNT = 3;
    private static final int SHARED_PARTITIONS = 5;
    private static final int FIRST_HOST = 16;

    private final Scenario scenario;
    private final ClientNode.Site site;
    private final History history = new History();
    private final BankLedger bank;
    private final GroupLedger group;
    private final List<SimProducer> producers = new ArrayList<>();
    private final List<SimTransfers> writers = new ArrayList<>();
    private final List<SimMember> members = new ArrayList<>();
    private final List<CarelessProducer> careless = new ArrayList<>();
    private final SimConsumer consumer;
    private final BankReader bankReader;
    private int hosts;

    Cast(Scenario scenario, ClientNode.Site site) {
        this.scenario = scenario;
        this.site = site;
        this.bank = new BankLedger(site.world());
        this.group = new GroupLedger(site.world(), MEMBERS, SHARED_PARTITIONS, history.commits(MEMBERS));
        for (int i = 1; i <= PRODUCERS; i++) {
            ClientNode node = node("producer-" + i, ORDERS, Farewell.LINGERS);
            producers.add(new SimProducer(node, history.producer("producer-" + i), PARTITIONS));
        }
        this.consumer = new SimConsumer(
                node("consumer", ORDERS, Farewell.ABORTS),
                READERS,
                history.deliveries(READERS),
                history.commits(READERS),
                PARTITIONS);
        this.bankReader = new BankReader(node("auditor", BANK, Farewell.LINGERS), bank, PARTITIONS);
        for (int i = 1; i <= WRITERS && scenario.parts().contains(Part.BANK); i++) {
            writers.add(new SimTransfers(
                    node("teller-" + i, BANK, Farewell.LINGERS),
                    scenario.shape().transfers(),
                    bank,
                    PARTITIONS));
        }
        for (int i = 1; i <= MEMBER_COUNT && scenario.parts().contains(Part.GROUP); i++) {
            members.add(new SimMember(node("member-" + i, ORDERS, Farewell.ABORTS), group));
        }
        if (scenario.parts().contains(Part.CARELESS)) {
            careless.add(new CarelessProducer(node("careless-1", CARELESS, Farewell.LINGERS)));
        }
    }

    /** A client on a host of its own. */
    ClientNode node(String name, String topic, Farewell farewell) {
        return new ClientNode(site, FIRST_HOST + hosts++, name, topic, farewell);
    }

    /** By name how many partitions the topics have that must not lose anything. */
    Map<String, Integer> topics() {
        Map<String, Integer> topics = new TreeMap<>();
        topics.put(ORDERS, PARTITIONS);
        if (!writers.isEmpty()) {
            topics.put(BANK, PARTITIONS);
        }
        return topics;
    }

    boolean isCareless() {
        return !careless.isEmpty();
    }

    /** Topics that brokers create when they are needed first. */
    List<String> internalTopics() {
        return writers.isEmpty() ? List.of(GROUPS_TOPIC) : List.of(GROUPS_TOPIC, TRANSACTIONS_TOPIC);
    }

    void start() {
        producers.forEach(producer -> producer.start(2, scenario.shape().tempoMs()));
        careless.forEach(producer -> producer.start(2, 2L * scenario.shape().tempoMs()));
        consumer.start();
        members.forEach(SimMember::start);
        if (!writers.isEmpty()) {
            writers.forEach(SimTransfers::start);
            bankReader.start();
        }
    }

    /** Nothing new is begun. */
    void stop() {
        producers.forEach(SimProducer::stop);
        careless.forEach(CarelessProducer::stop);
        members.forEach(SimMember::stop);
        writers.forEach(SimTransfers::stop);
        consumer.stopCommitting();
    }

    boolean isDrained() {
        return producers.stream().allMatch(SimProducer::isDrained)
                && members.stream().allMatch(SimMember::isIdle)
                && writers.stream().allMatch(SimTransfers::isDrained)
                && consumer.isIdle();
    }

    /** Whether readers have read all that is committed. */
    boolean isRead(Oracle oracle) {
        for (int i = 0; i < PARTITIONS; i++) {
            boolean read = consumer.position(i) >= oracle.committedEnd(new TopicPartition(ORDERS, i));
            boolean audited =
                    writers.isEmpty() || bankReader.position(i) >= oracle.committedEnd(new TopicPartition(BANK, i));
            if (!read || !audited) {
                return false;
            }
        }
        return true;
    }

    List<String> groups() {
        List<String> groups = new ArrayList<>(List.of(READERS));
        if (!members.isEmpty()) {
            groups.add(MEMBERS);
        }
        writers.forEach(writer -> groups.add(writer.group()));
        return groups;
    }

    List<String> transactionalIds() {
        List<String> ids = new ArrayList<>();
        for (int i = 1; i <= writers.size(); i++) {
            ids.add("teller-" + i);
        }
        return ids;
    }

    /** How many records and transfers were acknowledged. */
    long acknowledged() {
        return history.producers().stream()
                        .mapToLong(producer -> producer.acknowledgedCount())
                        .sum()
                + bank.committedCount();
    }

    /** Holds offsets that were committed with transactions against what became of these. */
    void check(Inquiry inquiry) {
        writers.forEach(writer -> writer.check(inquiry.offset(writer.group())));
    }

    /** Holds all that clients were told against what is in the logs. */
    void check(Oracle oracle) {
        List<StoredRecord> stored = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            stored.addAll(oracle.records(new TopicPartition(ORDERS, i)));
        }
        List<Violation> violations = HistoryCheck.check(history, stored);
        if (!violations.isEmpty()) {
            Violation first = violations.get(0);
            String more = violations.size() > 1 ? " (and " + (violations.size() - 1) + " more)" : "";
            throw new SimulationFailure("history: " + first.rule(), "", first.what() + more, null);
        }
        bank.check();
        for (TopicPartition partition : oracle.partitions()) {
            if (partition.topic().equals(CARELESS)) {
                List<StoredRecord> scratch = oracle.records(partition);
                careless.forEach(producer -> producer.check(scratch));
            }
        }
    }

    /** What is still to be done, in words. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        producers.forEach(text::append);
        writers.forEach(text::append);
        return text.toString();
    }
}
