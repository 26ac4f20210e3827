-- A page of database ARGV[1] of this server to database ARGV[2] of another. Returns the next cursor. `host`, `port`, `user` and `password` are
-- defined above; without a password the other server asks for none.
redis.call('SELECT', ARGV[1])
local page = redis.call('SCAN', ARGV[3], 'COUNT', 1000)
local keys = page[2]
for first = 1, #keys, 50 do
  local command = { 'MIGRATE', host, port, '', ARGV[2], 120000, 'COPY', 'REPLACE' }
  local function add(word) command[#command + 1] = word end
  if password ~= '' then
    add('AUTH2')
    add(user)
    add(password)
  end
  add('KEYS')
  for i = first, math.min(first + 49, #keys) do add(keys[i]) end
  redis.call(unpack(command))
end
return page[1]
