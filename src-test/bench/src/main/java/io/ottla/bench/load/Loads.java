package io.ottla.bench.load;

/** From the plain data of a load to the load. */
final class Loads {
    private Loads() {}

    static Load of(LoadSpec spec) {
        if (spec instanceof LoadSpec.Produce produce) {
            return new ProduceLoad(produce);
        } else if (spec instanceof LoadSpec.Fill fill) {
            return new FillLoad(fill);
        } else if (spec instanceof LoadSpec.FillKeyed fill) {
            return new FillLoad(fill);
        } else if (spec instanceof LoadSpec.Compact compact) {
            return new CompactLoad(compact);
        } else if (spec instanceof LoadSpec.Transactions transactions) {
            return new TransactionLoad(transactions);
        } else if (spec instanceof LoadSpec.Consume consume) {
            return new ConsumeLoad(consume);
        } else if (spec instanceof LoadSpec.ConsumeOnce once) {
            return new ConsumeOnceLoad(once);
        } else if (spec instanceof LoadSpec.Requests requests) {
            return new RequestLoad(requests);
        } else if (spec instanceof LoadSpec.FixedRate rate) {
            return new FixedRateLoad(rate);
        } else if (spec instanceof LoadSpec.IdleConnections idle) {
            return new IdleLoad(idle);
        } else if (spec instanceof LoadSpec.CreateTopics topics) {
            return new CreateTopicsLoad(topics);
        } else if (spec instanceof LoadSpec.CreateTopic topic) {
            return new TopicLoad(topic.bootstrap(), admin -> TopicLoad.create(admin, topic));
        } else if (spec instanceof LoadSpec.RaiseTransactionVersion version) {
            return new TransactionVersionLoad(version);
        } else if (spec instanceof LoadSpec.DeleteTopic topic) {
            return new TopicLoad(topic.bootstrap(), admin -> TopicLoad.delete(admin, topic.topic()));
        }
        throw new IllegalArgumentException("no load for " + spec);
    }
}
