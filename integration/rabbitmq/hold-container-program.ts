/** Starts a RabbitMQ of its own, prints the container's id, and holds it until somebody ends this process. */
import { ownRabbitmqServer } from '../brokers/rabbitmq-server.ts';

const { container } = await ownRabbitmqServer();
process.send?.(container.id);
setInterval(() => {}, 60_000);
